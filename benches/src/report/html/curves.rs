//! Speed-up over workers, with the line that would be ideal.

use maud::{Markup, html};

use super::chart::{Axis, LOOKS, line, picture, rule, text};
use super::figure::Figure;
use crate::record::{Curve, Point, Record};
use crate::report::numbers::{count, times};

const WIDTH: f64 = 360.0;
const FOOT: f64 = 220.0;
const LEFT: f64 = 34.0;
/// Up to so many workers the axes are linear.
const FEW: u64 = 16;

pub fn section(record: &Record) -> Markup {
    let mut problems: Vec<&str> = Vec::new();
    for curve in &record.curves {
        if !problems.contains(&curve.problem.as_str()) {
            problems.push(&curve.problem);
        }
    }
    html! {
        div class="charts" {
            @for problem in problems {
                @let curves: Vec<_> = record.curves.iter().filter(|c| c.problem == problem).collect();
                @for some in curves.chunks(LOOKS) { (one(record, problem, some)) }
            }
        }
    }
}

fn one(record: &Record, problem: &str, curves: &[&Curve]) -> Markup {
    let title = format!("{problem}: speed-up over workers");
    Figure { title: &title, see: &see(curves), command: &record.command }
        .show(&draw(&title, curves))
}

/// What the figures say: who gets how far, and whether anyone gets what the workers promise.
fn see(curves: &[&Curve]) -> String {
    let best = |curve: &&Curve| {
        let by = |p: &&Point, q: &&Point| p.speed_up.median.total_cmp(&q.speed_up.median);
        let point = curve.points.iter().max_by(by)?;
        Some((curve.approach.clone(), point.workers, point.speed_up.median))
    };
    let best = curves.iter().filter_map(best).max_by(|a, b| a.2.total_cmp(&b.2));
    best.map_or("Nothing was measured.".into(), |(name, workers, speed)| {
        format!(
            "The farthest comes {name}: {} with {}, which is {:.0} % of the ideal. Where a curve bends \
             away from the dotted line, more workers are no longer worth their while.",
            times(speed),
            count(workers as f64),
            speed / workers as f64 * 100.0
        )
    })
}

fn draw(title: &str, curves: &[&Curve]) -> Markup {
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let workers = points().map(|point| point.workers).max().unwrap_or(1).max(2);
    let speed = points().map(|point| point.speed_up.median).fold(1.0, f64::max);
    let (along, up) = ((LEFT, WIDTH - 12.0), (FOOT, 12.0));
    // The ideal line leaves the picture at the top or at the right.
    let (x, y, start, top) = if workers <= FEW {
        let top = speed.max(workers as f64).min(speed * 1.5);
        (Axis::linear(workers as f64, along), Axis::linear(top, up), 0.0, top)
    } else {
        let top = speed.max(2.0) * 1.2;
        let (x, y) = (workers as f64, top);
        (Axis::log_between(1.0, x, along), Axis::log_between(1.0, y, up), 1.0, top)
    };
    let ideal = top.min(workers as f64);
    let rows = curves.len().div_ceil(2) as f64;
    let body = html! {
        (grid(&x, &y))
        path class="ideal" d=(format!("M{} {}L{} {}", x.at(start), y.at(start), x.at(ideal), y.at(ideal))) {}
        @for (i, curve) in curves.iter().enumerate() {
            @let at = |p: &Point| (x.at(p.workers as f64), y.at(p.speed_up.median));
            (line(&curve.points.iter().map(at).collect::<Vec<_>>(), i))
            (key(i, &curve.approach))
        }
    };
    picture(title, &words(curves), (WIDTH, FOOT + 38.0 + rows * 18.0), &body)
}

fn grid(x: &Axis, y: &Axis) -> Markup {
    html! {
        @for tick in y.ticks() {
            (rule((LEFT, y.at(tick)), (WIDTH - 12.0, y.at(tick))))
            (text(LEFT - 5.0, y.at(tick) + 4.0, "end", &format!("{tick}×")))
        }
        @for tick in x.ticks().into_iter().filter(|tick| tick.fract() == 0.0) {
            (text(x.at(tick), FOOT + 15.0, "middle", &count(tick)))
        }
        (text(WIDTH - 12.0, FOOT + 29.0, "end", "workers, or requests in flight"))
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
