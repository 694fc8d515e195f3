//! A run as it is written down: `report.json` holds a [`Record`], and every report is made of one.
//!
//! Nothing here runs anything, so a record of another machine, or of last year, can be read and
//! shown again. `README.md` describes the shape for programs that read it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::facts::Facts;
use crate::goals::Outcome;
use crate::matrix::Cell;
use crate::micro::Estimate;
use crate::serving::QUANTILE;

/// The version of the shape. A field that is added leaves it as it is; one that is renamed, removed
/// or given another meaning doesn't.
pub const SCHEMA: u32 = 2;

/// All that a run has found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// [`SCHEMA`], when it was written.
    pub schema: u32,
    /// What to type for the same once more.
    pub command: String,
    /// When it began, in seconds since 1970 (UTC).
    pub began: u64,
    /// How long it took, in seconds.
    pub took: f64,
    /// Whether small problems were solved.
    pub quick: bool,
    /// Whether it was ended before its time.
    pub interrupted: bool,
    /// What else a reader should know of it.
    #[serde(default)]
    pub notes: Vec<String>,
    /// The machine.
    pub machine: Facts,
    /// How much of each problem was solved, in words, by its name; see [`sizes`](crate::sizes).
    #[serde(default)]
    pub sizes: BTreeMap<String, String>,
    /// Approach × problem; empty if it was not run.
    pub matrix: Vec<Entry>,
    /// What one more thread, process or task costs; empty if it was not measured.
    #[serde(default)]
    pub units: Vec<Unit>,
    /// Speed over workers; empty if it was not measured.
    #[serde(default)]
    pub curves: Vec<Curve>,
    /// Pictures of who did what when; empty if none were taken.
    #[serde(default)]
    pub timelines: Vec<Timeline>,
    /// What should have been measured and was not: a line each.
    #[serde(default)]
    pub complaints: Vec<String>,
    /// The micro-benchmarks; empty if they were not run.
    pub micro: Vec<Estimate>,
    /// The goals; empty if there were no micro-benchmarks.
    pub goals: Vec<Outcome>,
}

/// A cell of the matrix: what one approach made of one problem.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its column.
    pub problem: String,
    /// Its row.
    pub approach: String,
    /// The package that the approach comes from, or the Python program.
    pub chapter: String,
    /// `Rust`, or the interpreter: `CPython 3.11.7`.
    pub language: String,
    /// The approach whose time is 1 for this one: the sequential run of the same language.
    pub baseline: String,
    /// Whether it computes this on one core only, however many there are.
    pub one_core: bool,
    /// `done`, `not run`, or the trouble: `refused`, `failed`, `late`, `killed`, `impossible`.
    pub status: String,
    /// What the trouble was.
    pub why: Option<String>,
    /// By name; a name ends in its unit: `wall_ms`.
    pub figures: BTreeMap<String, Figure>,
    /// How long requests to a server took, `alone` and `beside` an expensive one: for shares of the
    /// requests, from the fastest on, the time within which they were answered.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub latencies: BTreeMap<String, Vec<Quantile>>,
}

/// One figure over all its runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The one in the middle, or the mean of the two in the middle.
    pub median: f64,
    /// The least.
    pub least: f64,
    /// The greatest.
    pub most: f64,
    /// All of them, from the least to the greatest; at least one.
    pub runs: Vec<f64>,
}

/// So large a share of the requests was answered within so many milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quantile {
    /// From 0 to 1.
    pub share: f64,
    /// The median over the runs.
    pub ms: f64,
}

/// What so many threads, processes or tasks of one approach cost, each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    /// The approach.
    pub approach: String,
    /// The package that it comes from.
    pub chapter: String,
    /// How many there were at once.
    pub count: u64,
    /// As in [`Entry`].
    pub status: String,
    /// What the trouble was.
    pub why: Option<String>,
    /// `spawn_ns`, `switch_ns`, `memory_bytes`: each the share of one.
    pub figures: BTreeMap<String, Figure>,
}

/// How one approach gets faster on one problem with more workers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// The problem.
    pub problem: String,
    /// The approach.
    pub approach: String,
    /// In the order of the workers.
    pub points: Vec<Point>,
    /// `done`, or the trouble, after which nothing more was measured; as in [`Entry`].
    #[serde(default)]
    pub status: String,
    /// What the trouble was.
    #[serde(default)]
    pub why: Option<String>,
}

/// A point of a curve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// How many workers, or requests in flight.
    pub workers: u64,
    /// The time of one worker through the time of so many.
    pub speed_up: Figure,
}

/// Who did what, from when to when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// Of what it is.
    pub title: String,
    /// What to see in it, in a sentence.
    pub see: String,
    /// The command that draws it again.
    pub command: String,
    /// From top to bottom.
    pub lanes: Vec<Lane>,
}

/// A thread, process or task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lane {
    /// Its name.
    pub name: String,
    /// In order; they don't overlap.
    pub spans: Vec<Span>,
}

/// From when to when a lane was in one state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// `computing`, `waiting`.
    pub state: String,
    /// In microseconds from the start of the timeline.
    pub from_us: f64,
    /// The same.
    pub to_us: f64,
}

impl Record {
    /// Reads what [`Record::write`] wrote.
    ///
    /// # Errors
    /// One line, if there is no such file, or if it is no record of this version.
    pub fn read(path: &Path) -> Result<Record> {
        let say = |why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
        let bytes = fs::read(path).map_err(|why| say(&why))?;
        let value: serde_json::Value = serde_json::from_slice(&bytes)
            .map_err(|why| say(&format_args!("this is no report.json: {why}")))?;
        match value["schema"].as_u64() {
            Some(schema) if schema == u64::from(SCHEMA) => {}
            Some(other) => {
                return Err(say(&format_args!("schema {other}, where {SCHEMA} is read")).into());
            }
            None => return Err(say(&"this is no report.json: it has no schema").into()),
        }
        Ok(serde_json::from_value(value).map_err(|why| say(&why))?)
    }

    /// Writes it as JSON.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn write(&self, path: &Path) -> Result {
        let json = serde_json::to_string_pretty(self)? + "\n";
        Ok(fs::write(path, json).map_err(|why| format!("{}: {why}", path.display()))?)
    }

    /// The cell of these names.
    #[must_use]
    pub fn entry(&self, problem: &str, approach: &str) -> Option<&Entry> {
        self.matrix.iter().find(|entry| entry.problem == problem && entry.approach == approach)
    }
}

impl Figure {
    /// Of so many runs, in any order; none of none.
    #[must_use]
    pub fn of(mut runs: Vec<f64>) -> Option<Figure> {
        runs.sort_by(f64::total_cmp);
        let (&least, &most) = (runs.first()?, runs.last()?);
        let (above, below) = (runs.len() / 2, (runs.len() - 1) / 2);
        Some(Figure { median: f64::midpoint(runs[below], runs[above]), least, most, runs })
    }
}

/// The distributions out of figures like `alone@0.99`.
fn latencies(cell: &Cell, names: &[&String]) -> BTreeMap<String, Vec<Quantile>> {
    let mut latencies = BTreeMap::<_, Vec<_>>::new();
    for name in names {
        let Some((when, share)) = name.split_once(QUANTILE) else { continue };
        if let Some((share, ms)) = share.parse().ok().zip(cell.figure(name)) {
            latencies.entry(when.into()).or_default().push(Quantile { share, ms: ms.median });
        }
    }
    latencies.values_mut().for_each(|all| all.sort_by(|a, b| a.share.total_cmp(&b.share)));
    latencies
}

impl Entry {
    /// What was measured of a cell.
    #[must_use]
    pub fn of(cell: &Cell) -> Entry {
        let names = cell.samples.first().into_iter().flat_map(|sample| sample.keys());
        let (quantiles, names): (Vec<_>, Vec<_>) = names.partition(|name| name.contains(QUANTILE));
        let figures = names.into_iter().filter_map(|name| Some((name.clone(), cell.figure(name)?)));
        let status = match &cell.trouble {
            Some(trouble) => trouble.name(),
            None if cell.samples.is_empty() => "not run",
            None => "done",
        };
        Entry {
            problem: cell.problem.name().into(),
            approach: cell.contestant.name.into(),
            chapter: cell.contestant.chapter.into(),
            language: cell.contestant.language.into(),
            baseline: cell.contestant.baseline.into(),
            one_core: cell.contestant.one_core_in(cell.problem),
            status: status.into(),
            why: cell.trouble.as_ref().map(crate::process::Trouble::why),
            figures: figures.collect(),
            latencies: latencies(cell, &quantiles),
        }
    }

    /// The median of a figure that can be relied on: none if there was any trouble.
    #[must_use]
    pub fn median(&self, name: &str) -> Option<f64> {
        self.figures.get(name).filter(|_| self.status == "done").map(|figure| figure.median)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_an_even_number_lies_between_two() {
        let figure = Figure::of(vec![4.0, 1.0, 2.0, 9.0]).unwrap();
        assert_eq!((figure.least, figure.median, figure.most), (1.0, 3.0, 9.0));
        assert_eq!(Figure::of(vec![7.0]).unwrap().median, 7.0);
        assert_eq!(Figure::of(Vec::new()), None);
    }
}
