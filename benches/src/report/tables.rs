//! The tables of the report.

use std::time::Duration;

use crate::grid::Grid;
use crate::micro::Estimate;
use crate::problem::Problem;
use crate::record::{Entry, Figure};

pub(super) const NOTHING: &str = "–";

/// Time and ratio of all entries, then what the servers did.
pub(super) fn matrix(entries: &[Entry]) -> Vec<(String, Grid)> {
    let timed = |entry: &&Entry| entry.problem != Problem::Serve.name();
    let (timed, serving): (Vec<_>, Vec<_>) = entries.iter().partition(timed);
    let time = |entry: &Entry| entry.median("wall_ms").map(ms);
    let ratio = |entry: &Entry| {
        let baseline = timed
            .iter()
            .find(|other| other.problem == entry.problem && other.approach == entry.baseline)?;
        Some(format!("{:.2}", entry.median("wall_ms")? / baseline.median("wall_ms")?))
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
fn crosswise(entries: &[&Entry], show: &dyn Fn(&Entry) -> Option<String>) -> Grid {
    let rows = distinct(entries.iter().map(|entry| entry.approach.as_str()));
    let columns = distinct(entries.iter().map(|entry| entry.problem.as_str()));
    let mut grid = Grid::new(["approach"].into_iter().chain(columns));
    for row in rows {
        let figures = entries.iter().filter(|entry| entry.approach == row);
        let figures = figures.map(|entry| match &entry.why {
            Some(_) => entry.status.clone(),
            None => show(entry).unwrap_or(NOTHING.into()),
        });
        grid.row([row.to_owned()].into_iter().chain(figures).collect());
    }
    grid
}

pub(super) fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut distinct = Vec::new();
    for name in names {
        if !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    distinct
}

fn served(entries: &[&Entry]) -> Grid {
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
    for entry in entries {
        let latency = |name: &&str| entry.median(name).map_or(NOTHING.into(), ms);
        let rate = match &entry.why {
            Some(_) => entry.status.clone(),
            None => count(entry, "requests_per_second"),
        };
        let name = entry.approach.clone();
        grid.row([name, rate].into_iter().chain(latencies.iter().map(latency)).collect());
    }
    grid
}

/// What each problem cost, a table a problem.
pub(super) fn details(entries: &[Entry]) -> Vec<(String, Grid)> {
    let problems = distinct(entries.iter().map(|entry| entry.problem.as_str()));
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
        for entry in entries.iter().filter(|entry| entry.problem == problem) {
            grid.row(detail(entry));
        }
        (format!("What {problem} cost"), grid)
    };
    problems.into_iter().map(section).collect()
}

fn detail(entry: &Entry) -> Vec<String> {
    let wall = entry.figures.get("wall_ms").filter(|_| entry.why.is_none());
    let bound = |bound: Option<f64>| bound.map_or(NOTHING.into(), ms);
    let median = match &entry.why {
        Some(_) => entry.status.clone(),
        None => bound(wall.map(|wall| wall.median)),
    };
    let runs = |figure: &Figure| figure.runs.len();
    vec![
        entry.approach.clone(),
        entry.figures.values().map(runs).max().unwrap_or(0).to_string(),
        median,
        bound(wall.map(|wall| wall.least)),
        bound(wall.map(|wall| wall.most)),
        bound(entry.median("cpu_ms")),
        entry.median("peak_memory_mib").map_or(NOTHING.into(), |mib| format!("{mib:.1} MiB")),
        count(entry, "voluntary_switches"),
        count(entry, "involuntary_switches"),
        count(entry, "in_flight"),
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

fn count(entry: &Entry, name: &str) -> String {
    entry.median(name).map_or(NOTHING.into(), |count| format!("{count:.0}"))
}

/// Milliseconds in a unit that suits; nanoseconds keep their fraction.
fn ms(ms: f64) -> String {
    match ms {
        ms if ms < 1e-3 => format!("{:.1} ns", ms * 1e6),
        ms => stage::human(Duration::from_secs_f64(ms / 1e3)),
    }
}
