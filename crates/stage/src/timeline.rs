//! Who did what, from when to when.
//!
//! A [`Recorder`] has a [`Lane`] for each thread (or task). A lane is always in one state;
//! [`Lane::now`] ends the state before it, so that a change costs one look at the clock and one
//! push to a vector that nobody else touches: cheap enough to leave on. When a lane is dropped
//! it hands its spans to the recorder.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

mod draw;
mod marks;
mod slices;
pub mod svg;

pub use marks::{Mark, Weight};

/// The state in which a lane does nothing that is worth drawing.
pub const IDLE: &str = "";

/// Collects lanes. Clones record into the same timeline.
#[derive(Debug, Clone)]
pub struct Recorder {
    start: Instant,
    lanes: Arc<Mutex<Vec<Finished>>>,
}

/// The lane of one thread or task while it is recorded.
#[derive(Debug)]
pub struct Lane {
    recorder: Recorder,
    name: String,
    spans: Vec<Span>,
    state: &'static str,
    item: Option<u32>,
    since: Instant,
}

/// What a lane did, from when to when, as it is recorded.
pub type Span = Stretch<'static>;

/// The same with a state of any source: one that is read from a file lives no longer than its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch<'a> {
    /// What it did: `computing`, `waiting`.
    pub state: &'a str,
    /// On which of several like things, if that was said.
    pub item: Option<u32>,
    /// From when, counted from the recorder's start.
    pub from: Duration,
    /// To when.
    pub to: Duration,
}

/// A lane that is complete. Its spans do not overlap, and are in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// The name of the thread or task.
    pub name: String,
    /// What it did, in order.
    pub spans: Vec<Span>,
}

/// What was recorded: lanes by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timeline {
    /// The lanes, in the order of their names; `2` comes before `10`.
    pub lanes: Vec<Finished>,
}

impl Recorder {
    /// Starts now.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "a default should not depend on the time")]
    pub fn new() -> Recorder {
        Recorder { start: Instant::now(), lanes: Arc::default() }
    }

    /// A lane that is idle from now on. Lanes of the same name are one in the timeline: they should
    /// not be recorded at the same time.
    pub fn lane(&self, name: impl Into<String>) -> Lane {
        Lane {
            recorder: self.clone(),
            name: name.into(),
            spans: Vec::with_capacity(256),
            state: IDLE,
            item: None,
            since: Instant::now(),
        }
    }

    /// All that was recorded by lanes that have been dropped.
    #[must_use]
    pub fn timeline(&self) -> Timeline {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        lanes.sort_by_key(|lane| natural(&lane.name));
        Timeline { lanes }
    }
}

/// A key that sorts `worker 2` before `worker 10`.
fn natural(name: &str) -> (String, u64) {
    let text = name.trim_end_matches(|c: char| c.is_ascii_digit());
    (text.to_owned(), name[text.len()..].parse().unwrap_or(0))
}

impl Lane {
    /// From now on in this state.
    #[inline]
    pub fn now(&mut self, state: &'static str) {
        self.change(state, None);
    }

    /// From now on in this state, with the `item`th of several like things.
    #[inline]
    pub fn now_with(&mut self, state: &'static str, item: usize) {
        self.change(state, u32::try_from(item).ok());
    }

    /// From now on idle.
    #[inline]
    pub fn idle(&mut self) {
        self.change(IDLE, None);
    }

    #[inline]
    fn change(&mut self, state: &'static str, item: Option<u32>) {
        let now = Instant::now();
        if self.state != IDLE {
            self.spans.push(Span {
                state: self.state,
                item: self.item,
                from: self.since - self.recorder.start,
                to: now - self.recorder.start,
            });
        }
        (self.state, self.item, self.since) = (state, item, now);
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.idle();
        let finished = Finished {
            name: std::mem::take(&mut self.name),
            spans: std::mem::take(&mut self.spans),
        };
        let mut lanes = self.recorder.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        // A worker that comes back for another job goes on in the lane that it had.
        match lanes.iter_mut().find(|lane| lane.name == finished.name) {
            Some(lane) => {
                lane.spans.extend(finished.spans);
                lane.spans.sort_by_key(|span| span.from);
            }
            None => lanes.push(finished),
        }
    }
}

impl Timeline {
    /// When the last span ended.
    #[must_use]
    pub fn end(&self) -> Duration {
        self.spans().map(|span| span.to).max().unwrap_or_default()
    }

    /// How long a lane was in a state, all spans added up.
    #[must_use]
    pub fn time_in(&self, lane: &str, state: &str) -> Duration {
        let lanes = self.lanes.iter().filter(|candidate| candidate.name == lane);
        let spans = lanes.flat_map(|lane| &lane.spans).filter(|span| span.state == state);
        spans.map(|span| span.to - span.from).sum()
    }

    /// The greatest number of lanes that were in this state at the same instant.
    #[must_use]
    pub fn at_once(&self, state: &str) -> usize {
        let spans = || self.spans().filter(|span| span.state == state);
        let mut edges: Vec<_> =
            spans().map(|s| (s.from, 1)).chain(spans().map(|s| (s.to, -1))).collect();
        // At the same instant the end of one span comes before the start of the next.
        edges.sort_unstable();
        let (_, most) = edges
            .into_iter()
            .fold((0_isize, 0), |(now, most), (_, change)| (now + change, most.max(now + change)));
        most.unsigned_abs()
    }

    /// What lies between two instants; spans that reach beyond are cut there. A lane that did
    /// nothing then is still one.
    #[must_use]
    pub fn excerpt(&self, from: Duration, to: Duration) -> Timeline {
        let cut = |span: &Span| Span { from: span.from.max(from), to: span.to.min(to), ..*span };
        let lane = |lane: &Finished| Finished {
            name: lane.name.clone(),
            spans: lane.spans.iter().map(cut).filter(|span| span.from < span.to).collect(),
        };
        Timeline { lanes: self.lanes.iter().map(lane).collect() }
    }

    fn spans(&self) -> impl Iterator<Item = &Span> {
        self.lanes.iter().flat_map(|lane| &lane.spans)
    }

    pub(crate) fn json(&self, shows: &str) -> Value {
        let micros = |time: Duration| time.as_nanos() as f64 / 1e3;
        let span = |span: &Span| {
            json!({
                "state": span.state, "item": span.item,
                "from_us": micros(span.from), "to_us": micros(span.to),
            })
        };
        let lane = |lane: &Finished| json!({ "name": lane.name, "spans": lane.spans.iter().map(span).collect::<Vec<_>>() });
        json!({
            "timeline": { "shows": shows, "lanes": self.lanes.iter().map(lane).collect::<Vec<_>>() }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_is_in_one_state_at_a_time_and_idle_between() {
        let recorder = Recorder::new();
        for name in ["worker 10", "worker 2"] {
            let mut lane = recorder.lane(name);
            lane.now("computing");
            lane.now_with("waiting", 7);
            lane.idle();
            lane.now("computing");
        }
        let timeline = recorder.timeline();
        let names: Vec<_> = timeline.lanes.iter().map(|lane| lane.name.as_str()).collect();
        assert_eq!(names, ["worker 2", "worker 10"]);
        for lane in &timeline.lanes {
            let states: Vec<_> = lane.spans.iter().map(|span| (span.state, span.item)).collect();
            assert_eq!(states, [("computing", None), ("waiting", Some(7)), ("computing", None)]);
            assert!(lane.spans.is_sorted_by_key(|span| span.from));
            assert!(lane.spans.windows(2).all(|pair| pair[0].to <= pair[1].from));
        }
    }

    #[test]
    fn an_excerpt_is_cut_at_both_ends_and_keeps_all_lanes() {
        let millis = Duration::from_millis;
        let span = |state, item, from, to| Span { state, item, from: millis(from), to: millis(to) };
        let lane = |name: &str, spans| Finished { name: name.into(), spans };
        let spans = vec![
            span("waiting", None, 0, 2),
            span("computing", Some(1), 2, 5),
            span("waiting", None, 5, 9),
            span("computing", Some(2), 9, 12),
        ];
        let later = vec![span("computing", None, 10, 12)];
        let whole = Timeline { lanes: vec![lane("a", spans), lane("b", later)] };
        let cut = vec![span("computing", Some(1), 4, 5), span("waiting", None, 5, 9)];
        let excerpt = Timeline { lanes: vec![lane("a", cut), lane("b", vec![])] };
        assert_eq!(whole.excerpt(millis(4), millis(9)), excerpt);
        assert_eq!(whole.excerpt(Duration::ZERO, whole.end()), whole);
    }

    #[test]
    fn what_happens_at_once_is_counted_by_overlap() {
        let span = |from, to| Span {
            state: "computing",
            item: None,
            from: Duration::from_millis(from),
            to: Duration::from_millis(to),
        };
        let lane = |name: &str, spans| Finished { name: name.into(), spans };
        let overlapping = Timeline {
            lanes: vec![lane("a", vec![span(0, 4), span(6, 8)]), lane("b", vec![span(3, 6)])],
        };
        assert_eq!(overlapping.at_once("computing"), 2);
        let in_turns = Timeline {
            lanes: vec![lane("a", vec![span(0, 4), span(6, 8)]), lane("b", vec![span(4, 6)])],
        };
        assert_eq!(in_turns.at_once("computing"), 1);
        assert_eq!(in_turns.at_once("waiting"), 0);
        assert_eq!(in_turns.time_in("a", "computing"), Duration::from_millis(6));
    }
}
