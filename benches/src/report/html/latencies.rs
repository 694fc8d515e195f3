//! How long cheap requests take, alone and beside an expensive one: a small chart an approach, all
//! with the same axes.

use maud::{Markup, html};

use super::axis::Axis;
use super::chart::{line, mark, picture, rule, short, text};
use super::figure::Figure;
use crate::noise::is_again;
use crate::record::{Entry, Quantile, Record};
use crate::report::numbers::{count, ms, of_hundred};
use crate::serving::NAMED;

const SIZE: (f64, f64) = (180.0, 138.0);
const LEFT: f64 = 52.0;
const RIGHT: f64 = 166.0;
const FOOT: f64 = 114.0;
/// As far as the requests tell; and the farthest that they do, if it is none of these.
const TICKS: [f64; 4] = [0.5, 0.9, 0.99, 0.999];
/// The look of each.
const ALONE: usize = 0;
const BESIDE: usize = 3;

/// A server's requests: how long they took, by share, from the fastest on.
struct Server<'a> {
    name: &'a str,
    alone: Vec<Quantile>,
    beside: Vec<Quantile>,
}

pub fn section(record: &Record) -> Option<Markup> {
    let servers: Vec<_> =
        record.matrix.iter().filter(|entry| !is_again(entry)).filter_map(Server::of).collect();
    let all = || servers.iter().flat_map(|one| one.alone.iter().chain(&one.beside));
    let y = Axis::log(10.0, all().map(|quantile| quantile.ms), (FOOT, 22.0))?;
    let farthest = all().map(|quantile| quantile.share).fold(TICKS[0], f64::max);
    let x = Axis::log_between(rarity(TICKS[0]), rarity(farthest), (LEFT, RIGHT));
    let between = TICKS.into_iter().filter(|share| *share < farthest - 1e-9);
    let ticks: Vec<_> = between.chain([farthest]).collect();
    let quick = if record.quick { " --quick" } else { "" };
    let command = format!("cargo run --release -p benches -- matrix --only serve{quick}");
    let figure = Figure {
        title: "Cheap requests, alone and beside an expensive one",
        see: &see(&servers),
        command: &command,
    };
    let charts = html! {
        p class="key" {
            (swatch(ALONE)) " alone " (swatch(BESIDE)) " beside an expensive request; along: the "
            "percentage of requests, upwards: the time within which they are answered"
        }
        div class="small" { @for server in &servers { (server.draw(&x, &ticks, &y)) } }
    };
    Some(figure.show(&charts))
}

fn see(servers: &[Server<'_>]) -> String {
    let shares = || servers.iter().flat_map(|server| &server.beside).map(|quantile| quantile.share);
    let tail = shares().filter(|share| *share < 0.99 + 1e-9).fold(0.0, f64::max);
    let times = |server: &Server<'_>| {
        let at = |quantiles: &[Quantile]| Some(quantiles.iter().find(|q| q.share == tail)?.ms);
        Some((server.name.to_owned(), at(&server.beside)? / at(&server.alone)?))
    };
    let mut times: Vec<_> = servers.iter().filter_map(times).collect();
    times.sort_by(|one, other| one.1.total_cmp(&other.1));
    match (times.first(), times.last()) {
        (Some((least, little)), Some((most, much))) if times.len() > 1 => format!(
            "Where the two lines lie apart, an expensive request makes the cheap ones wait: beside it \
             the p{} of {most} is {} times what it is alone, that of {least} {} times.",
            of_hundred(tail),
            fold(*much),
            fold(*little)
        ),
        _ => {
            "Where the two lines lie apart, an expensive request makes the cheap ones wait.".into()
        }
    }
}

fn fold(times: f64) -> String {
    if times < 10.0 { format!("{times:.1}") } else { count(times) }
}

fn swatch(look: usize) -> Markup {
    html! {
        svg class="swatch" viewBox="0 0 34 12" aria-hidden="true" {
            (line(&[(2.0, 6.0), (32.0, 6.0)], look)) (mark(17.0, 6.0, look))
        }
    }
}

impl Server<'_> {
    fn of(entry: &Entry) -> Option<Server<'_>> {
        let alone = quantiles(entry, "alone");
        let beside = quantiles(entry, "beside");
        let measured = entry.status == "done" && !(alone.is_empty() && beside.is_empty());
        measured.then_some(Server { name: &entry.approach, alone, beside })
    }

    fn draw(&self, x: &Axis, ticks: &[f64], y: &Axis) -> Markup {
        let at = |q: &Quantile| (x.at(rarity(q.share)), y.at(q.ms));
        let line = |quantiles: &[Quantile], look| {
            line(&quantiles.iter().map(at).collect::<Vec<_>>(), look)
        };
        let body = html! {
            (text(4.0, 13.0, "start strong", self.name))
            @for tick in y.ticks(12.0) {
                (rule((LEFT, y.at(tick)), (RIGHT, y.at(tick))))
                (text(LEFT - 8.0, y.at(tick) + 4.0, "end", &short(&ms(tick))))
            }
            @for share in ticks {
                (text(x.at(rarity(*share)), FOOT + 15.0, "middle", &of_hundred(*share)))
            }
            (line(&self.alone, ALONE)) (line(&self.beside, BESIDE))
        };
        picture(self.name, &self.words(), SIZE, &body)
    }

    fn words(&self) -> String {
        let one = |quantiles: &[Quantile]| {
            let one = |q: &Quantile| format!("{} % within {}", of_hundred(q.share), ms(q.ms));
            quantiles.iter().map(one).collect::<Vec<_>>().join(", ")
        };
        format!("alone: {}; beside: {}", one(&self.alone), one(&self.beside))
    }
}

/// One of how many requests takes longer than this share of them: the axis is its logarithm.
fn rarity(share: f64) -> f64 {
    1.0 / (1.0 - share)
}

/// What of the distribution is drawn: the whole if there is one, or else those that are figures.
pub fn quantiles(entry: &Entry, when: &str) -> Vec<Quantile> {
    if let Some(all) = entry.latencies.get(when) {
        // The slowest of all tells more of its run than of the server.
        let drawn = |quantile: &Quantile| (0.5..=0.999).contains(&quantile.share);
        return all.iter().copied().filter(drawn).collect();
    }
    let one = |&(name, share, _): &(&str, f64, &str)| {
        let ms = entry.figures.get(&format!("{when}_{name}_ms"))?.median;
        Some(Quantile { share, ms })
    };
    NAMED.iter().filter_map(one).collect()
}
