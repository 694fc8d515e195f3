//! What one more costs, and what one more gains.

use super::super::numbers::{bytes, count, ns, times};
use super::NOTHING;
use crate::grid::Grid;
use crate::record::{Curve, Unit};

/// What so many threads, processes or tasks cost, each.
pub fn units(units: &[Unit]) -> Grid {
    let mut grid = Grid::new(["approach", "of", "start and end", "switch", "memory"]);
    for unit in units {
        let figure = |name: &str, show: fn(f64) -> String| match unit.figures.get(name) {
            _ if unit.status != "done" => unit.status.clone(),
            Some(figure) => show(figure.median),
            None => NOTHING.into(),
        };
        let of = count(unit.count as f64);
        let [spawn, switch] = [figure("spawn_ns", ns), figure("switch_ns", ns)];
        grid.row(vec![unit.approach.clone(), of, spawn, switch, figure("memory_bytes", bytes)]);
    }
    grid
}

/// A row an approach, a column a number of workers.
pub fn curves(curves: &[Curve]) -> Grid {
    let points = curves.iter().flat_map(|curve| &curve.points);
    let mut workers: Vec<_> = points.map(|point| point.workers).collect();
    workers.sort_unstable();
    workers.dedup();
    let headings = workers.iter().map(|workers| count(*workers as f64));
    let mut grid = Grid::new(["problem × approach".to_owned()].into_iter().chain(headings));
    for curve in curves {
        let at = |workers: &u64| curve.points.iter().find(|point| point.workers == *workers);
        let shown = |workers| at(workers).map_or(NOTHING.into(), |p| times(p.speed_up.median));
        let name = format!("{} × {}", curve.problem, curve.approach);
        grid.row([name].into_iter().chain(workers.iter().map(shown)).collect());
    }
    grid
}
