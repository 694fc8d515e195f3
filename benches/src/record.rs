//! A run as it is written down: `report.json` holds a [`Record`], and every report is made of one.
//!
//! Nothing here runs anything, so a record of another machine, or of last year, can be read and
//! shown again. `README.md` describes the shape for programs that read it.

mod beyond;
mod entry;
mod figure;
mod file;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use beyond::{Curve, Lane, Point, Span, Timeline, Unit};
pub use entry::{Entry, Quantile};
pub use figure::Figure;

use crate::facts::Facts;
use crate::goals::Outcome;
use crate::micro::Estimate;

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

impl Record {
    /// One in which nothing stands yet.
    #[must_use]
    pub fn of(machine: Facts) -> Record {
        Record {
            schema: SCHEMA,
            command: String::new(),
            began: 0,
            took: 0.0,
            quick: false,
            interrupted: false,
            notes: Vec::new(),
            machine,
            sizes: BTreeMap::new(),
            matrix: Vec::new(),
            units: Vec::new(),
            curves: Vec::new(),
            timelines: Vec::new(),
            complaints: Vec::new(),
            micro: Vec::new(),
            goals: Vec::new(),
        }
    }

    /// The cell of these names.
    #[must_use]
    pub fn entry(&self, problem: &str, approach: &str) -> Option<&Entry> {
        self.matrix.iter().find(|entry| entry.problem == problem && entry.approach == approach)
    }
}
