//! The tables of the report.

mod serving;

use super::distinct::distinct;
use super::numbers::{NOTHING, ms, ns};
use crate::grid::Grid;
use crate::micro::Estimate;
use crate::problem::Problem;
use crate::record::{Entry, Figure, Record};

/// Times, a table a language; the ratios of them all; then what the servers did.
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
        for language in distinct(timed.iter().map(|entry| entry.language.as_str())) {
            let of = Vec::from_iter(timed.iter().copied().filter(|e| e.language == language));
            sections.push((format!("Time in {language}, median"), crosswise(&of, &time)));
        }
        let title =
            "Time as a ratio to sequential in the same language; that of again is the noise";
        sections.push((title.into(), crosswise(&timed, &ratio)));
    }
    if !serving.is_empty() {
        let title = "Serve: cheap requests, and their latency alone and beside an expensive one";
        sections.push((title.into(), serving::served(&serving)));
    }
    sections
}

/// A row an approach, a column a problem.
fn crosswise(entries: &[&Entry], show: &dyn Fn(&Entry) -> Option<String>) -> Grid {
    let rows = distinct(entries.iter().map(|entry| entry.approach.as_str()));
    let columns = distinct(entries.iter().map(|entry| entry.problem.as_str()));
    let mut grid = Grid::new(["approach"].into_iter().chain(columns.iter().copied()));
    for row in rows {
        let of = |column: &str| entries.iter().find(|e| e.approach == row && e.problem == column);
        let shown = |column: &&str| match of(column) {
            Some(entry) if entry.why.is_some() => entry.status.clone(),
            Some(entry) => show(entry).unwrap_or(NOTHING.into()),
            None => NOTHING.into(),
        };
        grid.row([row.to_owned()].into_iter().chain(columns.iter().map(shown)).collect());
    }
    grid
}

/// All that explains, a table each.
pub(super) fn details(record: &Record) -> Vec<(String, Grid)> {
    let mut sections = costs(&record.matrix);
    let mut add = |title: &str, grid: Option<Grid>| {
        sections.extend(grid.map(|grid| (title.to_owned(), grid)));
    };
    let Record { matrix, micro: estimates, .. } = record;
    let there = |is: bool, grid: &dyn Fn() -> Grid| is.then(grid);
    add("Latency, by share of the requests", serving::distributions(matrix));
    add("Micro-benchmarks", there(!estimates.is_empty(), &|| micro(estimates)));
    sections
}

/// What each problem cost, a table a problem.
fn costs(entries: &[Entry]) -> Vec<(String, Grid)> {
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

fn micro(estimates: &[Estimate]) -> Grid {
    let mut grid = Grid::new(["benchmark", "median", "from", "to"]);
    for Estimate { id, median_ns, low_ns, high_ns } in estimates {
        grid.row(vec![id.clone(), ns(*median_ns), ns(*low_ns), ns(*high_ns)]);
    }
    grid
}

fn count(entry: &Entry, name: &str) -> String {
    entry.median(name).map_or(NOTHING.into(), |count| format!("{count:.0}"))
}
