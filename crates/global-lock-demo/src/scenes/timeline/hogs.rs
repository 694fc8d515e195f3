//! Threads that want the lock all the time, and what the recorder saw of them.

use std::time::Duration;

use stage::timeline::{Finished, Span};
use stage::{Recorder, Result, Timeline};

use super::turns::Turns;
use crate::host::Simulated;
use crate::lock::interval;
use crate::thread::HOLDS;

/// What some hogs did.
#[derive(Debug, Clone)]
pub struct Hogs {
    /// A lane for each of them.
    pub timeline: Timeline,
    /// Who of them had the lock when.
    pub turns: Turns,
}

/// Lets so many hogs compute for so many seconds under a lock, with the usual interval. The
/// program's first thread, which only waits for them, has no lane.
///
/// # Errors
/// One line: what the program ended with before its time.
pub fn hogs(lock: Simulated, hogs: usize, seconds: f64) -> Result<Hogs> {
    let recorder = Recorder::new();
    let arguments = arguments![hogs, seconds, interval::DEFAULT.as_secs_f64()];
    let outcome = lock.start("slices", &arguments, Some(&recorder))?.end()?;
    if let Some(failure) = outcome.failures.first() {
        return Err(failure.to_string().into());
    }
    let lanes = outcome.timeline.lanes.into_iter().skip(1).zip(1..);
    let named = |(lane, number)| Finished { name: format!("hog {number}"), ..lane };
    let timeline = Timeline { lanes: lanes.map(named).collect() };
    Ok(Hogs { turns: Turns::of(&timeline), timeline })
}

impl Hogs {
    /// So much of the timeline, from its middle, and so that a turn begins halfway if there is one.
    /// A turn is drawn as a whole, also where the lock was given up in it and taken again: that is
    /// too short to be seen.
    #[must_use]
    pub fn excerpt(&self, width: Duration) -> Timeline {
        let turns = &self.turns.all;
        let turn = turns.get(turns.len() / 2);
        let middle = turn.map_or(self.timeline.end() / 2, |turn| turn.from);
        let from = middle.saturating_sub(width / 2);
        let to = from + width;
        let mut excerpt = self.timeline.excerpt(from, to);
        for (place, lane) in excerpt.lanes.iter_mut().enumerate() {
            let own = turns.iter().filter(|turn| turn.lane == place);
            for turn in own.filter(|turn| turn.from < to && from < turn.to) {
                lane.spans.retain(|span| span.to <= turn.from || turn.to <= span.from);
                let (from, to) = (turn.from.max(from), turn.to.min(to));
                lane.spans.push(Span { state: HOLDS, item: None, from, to });
            }
            lane.spans.sort_by_key(|span| span.from);
        }
        excerpt
    }
}
