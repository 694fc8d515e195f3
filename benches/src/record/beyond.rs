//! What is measured beyond the matrix, as it is written down: units, curves, timelines.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Figure;

/// What so many threads, processes or tasks of one approach cost, each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    /// The approach.
    pub approach: String,
    /// The package that it comes from.
    pub chapter: String,
    /// How many there were at once.
    pub count: u64,
    /// As in [`Entry`](super::Entry).
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
    /// `done`, or the trouble, after which nothing more was measured; as in [`Entry`](super::Entry).
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
    /// The time of one worker divided by that of so many.
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
