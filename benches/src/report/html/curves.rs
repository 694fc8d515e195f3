//! Speed-up over workers, with the line that would be ideal.

use maud::{Markup, html};

use super::axis::Axis;
use super::chart::{LOOKS, line, picture, rule, text};
use super::figure::Figure;
use crate::curves::{ideal, over};
use crate::noise;
use crate::record::{Curve, Point, Record};
use crate::report::distinct::{ascending, distinct};
use crate::report::numbers::{count, times};

const WIDTH: f64 = 360.0;
const FOOT: f64 = 220.0;
const LEFT: f64 = 34.0;
/// Up to so many workers the axes are linear.
const FEW: u64 = 16;

pub fn section(record: &Record) -> Markup {
    // A curve with a point that cannot be, or that never came, is no curve: why stands above.
    let done = || record.curves.iter().filter(|curve| curve.status == "done");
    html! {
        div class="charts" {
            @for problem in distinct(done().map(|curve| curve.problem.as_str())) {
                @let curves: Vec<_> = done().filter(|c| c.problem == problem).collect();
                @for some in curves.chunks(LOOKS) { (one(record, problem, some)) }
            }
        }
    }
}

fn one(record: &Record, problem: &str, curves: &[&Curve]) -> Markup {
    let over = over(problem);
    let title = format!("{problem}: speed-up over {over}");
    let quick = if record.quick { " --quick" } else { "" };
    let command = format!("cargo run --release -p benches -- all --parts curves{quick}");
    let cores = record.machine.cores as u64;
    let ideal = |workers| ideal(problem, workers, cores) as f64;
    Figure { title: &title, see: &see(curves, over, &ideal), command: &command }
        .show(&draw(&title, curves, over, &ideal))
}

/// What the figures say: who gets how far, with the fewest that are not told apart from the best,
/// and how far that is from the ideal.
fn see(curves: &[&Curve], over: &str, ideal: &dyn Fn(u64) -> f64) -> String {
    let points = || curves.iter().flat_map(|c| c.points.iter().map(|point| (&c.approach, point)));
    let speed = |point: &Point| point.speed_up.median;
    let farthest = points().max_by(|(_, p), (_, q)| speed(p).total_cmp(&speed(q)));
    let Some((_, farthest)) = farthest else { return "Nothing was measured.".into() };
    let told_apart = |point: &Point| {
        let spreads = [&point.speed_up, &farthest.speed_up].map(noise::spread);
        noise::between(speed(point), speed(farthest)) > noise::greatest(spreads)
    };
    let as_far = points().filter(|(_, point)| !told_apart(point));
    let fewest = as_far
        .min_by(|(_, p), (_, q)| p.workers.cmp(&q.workers).then(speed(q).total_cmp(&speed(p))));
    fewest.map_or("Nothing was measured.".into(), |(name, point)| {
        format!(
            "{name} comes to {} with {} {over}, which is {:.0} % of the ideal, and nobody farther \
             beyond the noise. Where a curve bends away from the dotted line, more {over} are no \
             longer worth their while.",
            times(speed(point)),
            count(point.workers as f64),
            speed(point) / ideal(point.workers) * 100.0
        )
    })
}

fn draw(title: &str, curves: &[&Curve], over: &str, ideal: &dyn Fn(u64) -> f64) -> Markup {
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let measured = ascending(points().map(|point| point.workers));
    let workers = measured.last().copied().unwrap_or(1).max(2);
    let speed = points().map(|point| point.speed_up.median).fold(1.0, f64::max);
    let most = ideal(workers);
    let (along, up) = ((LEFT, WIDTH - 12.0), (FOOT, 12.0));
    // The ideal line leaves the picture at the top, or bends where there are no more cores.
    let (x, y, start, top) = if workers <= FEW {
        let top = speed.max(most).min(speed * 1.5);
        (Axis::linear(workers as f64, along), Axis::linear(top, up), 0.0, top)
    } else {
        let top = speed.max(2.0) * 1.2;
        let (x, y) = (workers as f64, top);
        (Axis::log_between(1.0, x, along), Axis::log_between(1.0, y, up), 1.0, top)
    };
    let bend = top.min(most);
    let end = if most <= top { workers as f64 } else { bend };
    let dotted = [(start, start), (bend, bend), (end, bend)];
    let dotted = dotted.map(|(workers, speed)| format!("{} {}", x.at(workers), y.at(speed)));
    let rows = curves.len().div_ceil(2) as f64;
    let body = html! {
        (grid(&x, &measured, &y, over))
        path class="ideal" d=(format!("M{}", dotted.join("L"))) {}
        @for (i, curve) in curves.iter().enumerate() {
            @let at = |p: &Point| (x.at(p.workers as f64), y.at(p.speed_up.median));
            (line(&curve.points.iter().map(at).collect::<Vec<_>>(), i))
            (key(i, &curve.approach))
        }
    };
    picture(title, &words(curves), (WIDTH, FOOT + 38.0 + rows * 18.0), &body)
}

fn grid(x: &Axis, measured: &[u64], y: &Axis, over: &str) -> Markup {
    html! {
        @for tick in y.ticks(24.0) {
            (rule((LEFT, y.at(tick)), (WIDTH - 12.0, y.at(tick))))
            (text(LEFT - 5.0, y.at(tick) + 4.0, "end", &format!("{}×", (tick * 1e3).round() / 1e3)))
        }
        @for workers in measured.iter().map(|workers| *workers as f64) {
            (text(x.at(workers), FOOT + 15.0, "middle", &count(workers)))
        }
        (text(WIDTH - 12.0, FOOT + 29.0, "end", over))
    }
}

fn key(i: usize, name: &str) -> Markup {
    let (x, y) = (LEFT + (i % 2) as f64 * 165.0, FOOT + 46.0 + (i / 2) as f64 * 18.0);
    html! {
        (line(&[(x, y - 4.0), (x + 22.0, y - 4.0)], i))
        (text(x + 32.0, y, "start", name))
    }
}

fn words(curves: &[&Curve]) -> String {
    let one = |curve: &&Curve| {
        let point = |p: &Point| format!("{} with {}", times(p.speed_up.median), p.workers);
        let points: Vec<_> = curve.points.iter().map(point).collect();
        format!("{}: {}", curve.approach, points.join(", "))
    };
    curves.iter().map(one).collect::<Vec<_>>().join(". ")
}
