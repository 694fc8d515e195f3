//! Lanes of workers, drawn from what their tasks say of themselves: nobody recorded them in one
//! process, but all of them have looked at the same clock.

use std::time::Duration;

use stage::Timeline;
use stage::timeline::{Finished, Span};

use crate::jobs::timed::Ran;

/// A lane for each process, in the order in which they began; tasks have their numbers, and times count
/// from `start`.
#[must_use]
pub fn lanes(start: u64, tasks: &[(usize, Ran)]) -> Timeline {
    let mut tasks: Vec<_> = tasks.to_vec();
    tasks.sort_by_key(|(_, (_, from, _))| *from);
    let mut lanes: Vec<(u32, Finished)> = Vec::new();
    for (item, (process, from, to)) in tasks {
        let [from, to] = [from, to].map(|at| Duration::from_nanos(at.saturating_sub(start)));
        let span = Span { state: "computing", item: u32::try_from(item).ok(), from, to };
        match lanes.iter_mut().find(|(known, _)| *known == process) {
            Some((_, lane)) => lane.spans.push(span),
            None => lanes.push((process, Finished { name: name(process), spans: vec![span] })),
        }
    }
    Timeline { lanes: lanes.into_iter().map(|(_, lane)| lane).collect() }
}

/// What a worker's lane is called.
#[must_use]
pub fn name(process: u32) -> String {
    format!("process {process}")
}

/// How long the lane that ended first had nothing to do until the last one ended.
#[must_use]
pub fn idle_at_the_end(timeline: &Timeline) -> Duration {
    let ends = timeline.lanes.iter().filter_map(|lane| lane.spans.last()).map(|span| span.to);
    timeline.end().saturating_sub(ends.min().unwrap_or_default())
}
