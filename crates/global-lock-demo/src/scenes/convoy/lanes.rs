//! What is to be read off a timeline of who held the lock.

use std::ops::Range;
use std::time::Duration;

use stage::Timeline;
use stage::timeline::{Finished, Span};

use crate::thread::{HOLDS, OUTSIDE};

/// A program's first thread.
pub const FIRST: &str = "thread 1";

/// From when to when.
pub type Time = Range<Duration>;

/// When the first thread, back from outside, waited for the lock: each time until it got it, or to
/// the end if it never did. (A thread that gives way at a check is not meant: it is recorded as
/// waiting before it has stood in line.)
#[must_use]
pub fn waits(timeline: &Timeline) -> Vec<Time> {
    let mut waits: Vec<Time> = Vec::new();
    let mut before = HOLDS;
    let first = timeline.lanes.iter().filter(|lane| lane.name == FIRST);
    for span in first.flat_map(|lane| &lane.spans) {
        let waiting = span.state != HOLDS && span.state != OUTSIDE;
        match waits.last_mut() {
            // One wait has several states: it asks, or is woken in vain.
            Some(wait) if waiting && wait.end == span.from => wait.end = span.to,
            _ if waiting && before == OUTSIDE => waits.push(span.from..span.to),
            _ => {}
        }
        before = span.state;
    }
    waits
}

/// How often others have taken the lock while the first thread waited for it.
#[must_use]
pub fn overtaken(timeline: &Timeline, wait: &Time) -> usize {
    let taken = |span: &&Span| span.state == HOLDS && wait.contains(&span.from);
    others(timeline).flat_map(|lane| &lane.spans).filter(taken).count()
}

/// When the first thread held the lock while another was, all that time, in this state.
#[must_use]
pub fn held_during(timeline: &Timeline, state: &str) -> Vec<Time> {
    let first = timeline.lanes.iter().filter(|lane| lane.name == FIRST);
    let taken = first.flat_map(|lane| &lane.spans).filter(|span| span.state == HOLDS);
    let spans = || others(timeline).flat_map(|lane| &lane.spans).filter(|s| s.state == state);
    let during = taken.filter(|hold| spans().any(|s| s.from <= hold.from && hold.to <= s.to));
    during.map(|hold| hold.from..hold.to).collect()
}

fn others(timeline: &Timeline) -> impl Iterator<Item = &Finished> {
    timeline.lanes.iter().filter(|lane| lane.name != FIRST)
}

/// What was recorded in this time; the first thread's lane has the first name, and so on.
#[must_use]
pub fn excerpt(timeline: &Timeline, time: &Time, names: &[&str]) -> Timeline {
    let mut excerpt = timeline.excerpt(time.start, time.end);
    for (lane, name) in excerpt.lanes.iter_mut().zip(names) {
        lane.name = (*name).to_owned();
    }
    excerpt
}
