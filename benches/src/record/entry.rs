//! A cell of the matrix, as it is written down.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Figure;
use crate::matrix::Cell;
use crate::process::Trouble;
use crate::serving::QUANTILE;

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

/// So large a share of the requests was answered within so many milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quantile {
    /// From 0 to 1.
    pub share: f64,
    /// The median over the runs.
    pub ms: f64,
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
            why: cell.trouble.as_ref().map(Trouble::why),
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
