//! Who was polled when, what a task waited for in between, and when the loop slept.
//!
//! The runtime knows nothing of it. A future in an envelope is a future, and all that a loop does
//! with one is to poll it: so the envelope sees everything.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use pin_project_lite::pin_project;
use stage::Timeline;
use stage::timeline::{Finished, Span};

use super::{ASLEEP, AWAKE, TURN};
use crate::runtime::Runtime;

/// What is noted of one run.
pub(super) struct Diary {
    runtime: Weak<Runtime>,
    start: Instant,
    lanes: RefCell<Vec<Finished>>,
    /// What the task that is being polled is going to wait for.
    reason: Cell<Option<&'static str>>,
    turns: RefCell<Turns>,
}

/// The loop's own lane, as far as it is known: up to the end of the last poll.
struct Turns {
    spans: Vec<Span>,
    awake_since: Duration,
    polled_until: Duration,
    /// How often the loop had slept by then.
    sleeps: u64,
}

impl Diary {
    pub(super) fn new(runtime: &Rc<Runtime>) -> Rc<Diary> {
        let turns = Turns {
            spans: Vec::new(),
            awake_since: Duration::ZERO,
            polled_until: Duration::ZERO,
            sleeps: runtime.counts().sleeps,
        };
        Rc::new(Diary {
            runtime: Rc::downgrade(runtime),
            start: Instant::now(),
            lanes: RefCell::default(),
            reason: Cell::default(),
            turns: RefCell::new(turns),
        })
    }

    /// The future, with its polls noted in a lane of this name.
    pub(super) fn note<F: Future>(self: &Rc<Diary>, name: String, future: F) -> Noted<F> {
        let mut lanes = self.lanes.borrow_mut();
        lanes.push(Finished { name, spans: Vec::new() });
        let (lane, diary) = (lanes.len() - 1, Rc::clone(self));
        Noted { future, diary, lane, reason: TURN, since: None }
    }

    /// Waits, and has it noted what for.
    pub(super) async fn waiting<F: Future>(&self, reason: &'static str, future: F) -> F::Output {
        self.reason.set(Some(reason));
        future.await
    }

    /// The lanes of the tasks in the order in which they came, and the loop's.
    pub(super) fn timelines(&self) -> (Timeline, Finished) {
        let mut turns = self.turns.borrow_mut();
        let (from, to) = (turns.awake_since, turns.polled_until);
        turns.spans.push(span(AWAKE, from, to));
        let lanes = Timeline { lanes: self.lanes.take() };
        (lanes, Finished { name: "the loop".into(), spans: std::mem::take(&mut turns.spans) })
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// A poll begins. If the loop has slept since the last one ended, that was in between.
    fn begin(&self) -> Duration {
        let (now, mut turns) = (self.now(), self.turns.borrow_mut());
        let sleeps = self.runtime.upgrade().map_or(0, |runtime| runtime.counts().sleeps);
        if sleeps > turns.sleeps {
            let (since, until) = (turns.awake_since, turns.polled_until);
            turns.spans.extend([span(AWAKE, since, until), span(ASLEEP, until, now)]);
            (turns.awake_since, turns.sleeps) = (now, sleeps);
        }
        now
    }

    fn end(&self) -> Duration {
        let now = self.now();
        self.turns.borrow_mut().polled_until = now;
        now
    }

    fn push(&self, lane: usize, span: Span) {
        self.lanes.borrow_mut()[lane].spans.push(span);
    }
}

fn span(state: &'static str, from: Duration, to: Duration) -> Span {
    Span { state, item: None, from, to }
}

pin_project! {
    /// See [`Diary::note`].
    pub(super) struct Noted<F> {
        #[pin]
        future: F,
        diary: Rc<Diary>,
        lane: usize,
        reason: &'static str,
        // Since when it waits. Nothing before its first poll.
        since: Option<Duration>,
    }
}

impl<F: Future> Future for Noted<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let from = this.diary.begin();
        if let Some(since) = *this.since {
            this.diary.push(*this.lane, span(this.reason, since, from));
        }
        let result = this.future.poll(cx);
        let to = this.diary.end();
        this.diary.push(*this.lane, span("computing", from, to));
        // One that found nothing (half a reply, say) waits for the same as before.
        *this.reason = this.diary.reason.take().unwrap_or(this.reason);
        *this.since = Some(to);
        result
    }
}
