//! The tables beyond the problems: what a unit costs, speed over workers.

use super::distinct::{ascending, distinct};
use super::numbers::{NOTHING, bytes, count, ns, times};
use crate::curves::over;
use crate::grid::Grid;
use crate::record::{Curve, Unit};

/// The name of a figure, what it is, and how it is shown.
type Column = (&'static str, &'static str, fn(f64) -> String);

/// A table a figure: a row an approach, a column a number of units.
pub(super) fn units(units: &[Unit]) -> Vec<(String, Grid)> {
    let figures: [Column; 3] = [
        ("spawn_ns", "A unit: to start one and wait for its end", ns),
        ("switch_ns", "A unit: from one to the next", ns),
        ("memory_bytes", "A unit: memory while it waits", bytes),
    ];
    let counts = ascending(units.iter().map(|unit| unit.count));
    let table = |(figure, title, show): Column| {
        let columns = counts.iter().map(|of| count(*of as f64));
        let mut grid = Grid::new(["of so many".to_owned()].into_iter().chain(columns));
        for approach in distinct(units.iter().map(|unit| unit.approach.as_str())) {
            let cells = counts.iter().map(|count| {
                let is = |unit: &&Unit| unit.approach == approach && unit.count == *count;
                let Some(unit) = units.iter().find(is) else { return NOTHING.to_owned() };
                match unit.figures.get(figure) {
                    Some(figure) => show(figure.median),
                    None if unit.why.is_some() => unit.status.clone(),
                    None => NOTHING.to_owned(),
                }
            });
            grid.row([approach.to_owned()].into_iter().chain(cells).collect());
        }
        (title.to_owned(), grid)
    };
    if units.is_empty() { Vec::new() } else { figures.into_iter().map(table).collect() }
}

/// Why units are missing, each reason once.
pub(super) fn missing(units: &[Unit]) -> Vec<String> {
    let why = |unit: &Unit| match unit.status.as_str() {
        "refused" => unit.why.clone(),
        _ => {
            let (many, why) = (count(unit.count as f64), unit.why.as_ref()?);
            Some(format!("{} units, {many}: {}: {why}", unit.approach, unit.status))
        }
    };
    let skipped = |unit: &&Unit| unit.status != "not run";
    let reasons = Vec::from_iter(units.iter().filter(skipped).filter_map(why));
    distinct(reasons.iter().map(String::as_str)).into_iter().map(str::to_owned).collect()
}

/// A table a problem: a row an approach, a column a number of workers.
pub(super) fn curves(curves: &[Curve]) -> Vec<(String, Grid)> {
    let problems = distinct(curves.iter().map(|curve| curve.problem.as_str()));
    let table = |problem: &str| {
        let of = || curves.iter().filter(|curve| curve.problem == problem);
        let all = of().flat_map(|curve| curve.points.iter().map(|point| point.workers));
        let workers = ascending(all);
        let columns = workers.iter().map(u64::to_string);
        let mut grid = Grid::new(["with so many".to_owned()].into_iter().chain(columns));
        for curve in of() {
            let cells = workers.iter().map(|workers| {
                if curve.why.is_some() {
                    return curve.status.clone();
                }
                let point = curve.points.iter().find(|point| point.workers == *workers);
                point.map_or(NOTHING.to_owned(), |point| times(point.speed_up.median))
            });
            grid.row([curve.approach.clone()].into_iter().chain(cells).collect());
        }
        (format!("Speed-up of {problem} over {}", over(problem)), grid)
    };
    problems.into_iter().map(table).collect()
}
