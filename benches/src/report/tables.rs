//! The tables of the report.

use std::time::Duration;

use crate::contestant::{Contestant, SEQUENTIAL};
use crate::grid::Grid;
use crate::matrix::{Cell, Figure};
use crate::micro::Estimate;
use crate::problem::Problem;

const NOTHING: &str = "–";

/// `done`, `not run`, or the trouble there was.
pub(super) fn status(cell: &Cell) -> &'static str {
    match &cell.trouble {
        Some(trouble) => trouble.name(),
        None if cell.samples.is_empty() => "not run",
        None => "done",
    }
}

/// Time and ratio of all cells, then what the servers did.
pub(super) fn matrix(cells: &[Cell]) -> Vec<(String, Grid)> {
    let timed = |cell: &&Cell| cell.problem != Problem::Serve;
    let (timed, serving): (Vec<_>, Vec<_>) = cells.iter().partition(timed);
    let time = |cell: &Cell| cell.median("wall_ms").map(ms);
    let ratio = |cell: &Cell| {
        let sequential = timed
            .iter()
            .find(|other| other.problem == cell.problem && other.contestant.name == SEQUENTIAL)?;
        Some(format!("{:.2}", cell.median("wall_ms")? / sequential.median("wall_ms")?))
    };
    let mut sections = Vec::new();
    if !timed.is_empty() {
        sections.push(("Time, median".into(), crosswise(&timed, &time)));
        let title = "Time as a ratio to sequential; that of its second run, again, is noise";
        sections.push((title.into(), crosswise(&timed, &ratio)));
    }
    if !serving.is_empty() {
        let title = "Serve: cheap requests, and their latency alone and beside an expensive one";
        sections.push((title.into(), served(&serving)));
    }
    sections
}

/// A row an approach, a column a problem.
fn crosswise(cells: &[&Cell], show: &dyn Fn(&Cell) -> Option<String>) -> Grid {
    let rows = distinct(cells.iter().map(|cell| cell.contestant.name));
    let columns = distinct(cells.iter().map(|cell| cell.problem.name()));
    let mut grid = Grid::new(["approach"].into_iter().chain(columns));
    for row in rows {
        let figures = cells.iter().filter(|cell| cell.contestant.name == row);
        let figures = figures.map(|cell| match &cell.trouble {
            Some(trouble) => trouble.name().to_owned(),
            None => show(cell).unwrap_or(NOTHING.into()),
        });
        grid.row([row.to_owned()].into_iter().chain(figures).collect());
    }
    grid
}

fn distinct(names: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut distinct = Vec::new();
    for name in names {
        if !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    distinct
}

fn served(cells: &[&Cell]) -> Grid {
    let latencies = [
        "alone_p50_ms",
        "alone_p99_ms",
        "alone_p999_ms",
        "beside_p50_ms",
        "beside_p99_ms",
        "beside_p999_ms",
    ];
    let mut grid =
        Grid::new(["approach", "per s", "p50", "p99", "p99.9", "beside p50", "p99", "p99.9"]);
    for cell in cells {
        let latency = |name: &&str| cell.median(name).map_or(NOTHING.into(), ms);
        let rate = match &cell.trouble {
            Some(trouble) => trouble.name().to_owned(),
            None => count(cell, "requests_per_second"),
        };
        let name = cell.contestant.name.to_owned();
        grid.row([name, rate].into_iter().chain(latencies.iter().map(latency)).collect());
    }
    grid
}

/// What each problem cost, a table a problem.
pub(super) fn details(cells: &[Cell]) -> Vec<(String, Grid)> {
    let problems = distinct(cells.iter().map(|cell| cell.problem.name()));
    let section = |problem: &str| {
        let mut grid = Grid::new([
            "approach",
            "runs",
            "median",
            "least",
            "most",
            "CPU",
            "memory",
            "switches: voluntary",
            "involuntary",
            "in flight",
        ]);
        for cell in cells.iter().filter(|cell| cell.problem.name() == problem) {
            grid.row(detail(cell));
        }
        (format!("What {problem} cost"), grid)
    };
    problems.into_iter().map(section).collect()
}

fn detail(cell: &Cell) -> Vec<String> {
    let Contestant { name, .. } = cell.contestant;
    let wall = cell.figure("wall_ms").filter(|_| cell.trouble.is_none());
    let bound = |bound: Option<f64>| bound.map_or(NOTHING.into(), ms);
    let median = match &cell.trouble {
        Some(trouble) => trouble.name().to_owned(),
        None => bound(wall.as_ref().map(Figure::median)),
    };
    vec![
        (*name).to_owned(),
        cell.samples.len().to_string(),
        median,
        bound(wall.as_ref().map(Figure::least)),
        bound(wall.as_ref().map(Figure::most)),
        bound(cell.median("cpu_ms")),
        cell.median("peak_memory_mib").map_or(NOTHING.into(), |mib| format!("{mib:.1} MiB")),
        count(cell, "voluntary_switches"),
        count(cell, "involuntary_switches"),
        count(cell, "in_flight"),
    ]
}

pub(super) fn micro(estimates: &[Estimate]) -> Grid {
    let mut grid = Grid::new(["benchmark", "median", "from", "to"]);
    for Estimate { id, median_ns, low_ns, high_ns } in estimates {
        let ns = |ns: &f64| ms(ns / 1e6);
        grid.row(vec![id.clone(), ns(median_ns), ns(low_ns), ns(high_ns)]);
    }
    grid
}

fn count(cell: &Cell, name: &str) -> String {
    cell.median(name).map_or(NOTHING.into(), |count| format!("{count:.0}"))
}

/// Milliseconds in a unit that suits; nanoseconds keep their fraction.
fn ms(ms: f64) -> String {
    match ms {
        ms if ms < 1e-3 => format!("{:.1} ns", ms * 1e6),
        ms => stage::human(Duration::from_secs_f64(ms / 1e3)),
    }
}
