//! Who ran and who waited when. The scheduler knows nothing of it: each notes when it begins to wait
//! and when it goes on, and on one thread those notes have one order.

use std::cell::{Cell, RefCell};
use std::ptr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use stage::Timeline;
use stage::timeline::{Finished, Span};

use super::ASLEEP;

/// What is noted of one run.
pub(super) struct Diary {
    start: Instant,
    lanes: RefCell<Vec<Finished>>,
    /// Who was the last to wait (or to end), and when: from then on until somebody goes on, it is
    /// that one which looks for the next.
    last: Cell<Option<(usize, Duration)>>,
    gaps: RefCell<Vec<Gap>>,
    homes: RefCell<Vec<usize>>,
}

/// A time in which none of the threads ran.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Gap {
    /// The lane of the last to wait.
    pub(super) who: usize,
    pub(super) from: Duration,
    pub(super) to: Duration,
}

/// What came of it.
pub(super) struct Written {
    /// What each did, in lanes in the order of their beginning.
    pub(super) lanes: Timeline,
    pub(super) gaps: Vec<Gap>,
    /// Where a local of each lay.
    pub(super) homes: Vec<usize>,
}

/// One thread's hand that writes. It lies on that thread's stack.
pub(super) struct Hand {
    diary: Rc<Diary>,
    lane: usize,
    since: Duration,
}

impl Diary {
    pub(super) fn new(start: Instant) -> Rc<Diary> {
        Rc::new(Diary {
            start,
            lanes: RefCell::default(),
            last: Cell::default(),
            gaps: RefCell::default(),
            homes: RefCell::default(),
        })
    }

    /// A lane for the thread that runs, from now on.
    pub(super) fn begin(self: &Rc<Diary>, name: impl Into<String>) -> Hand {
        let here = 0_u8;
        let since = self.goes_on();
        self.homes.borrow_mut().push(ptr::from_ref(&here) as usize);
        let mut lanes = self.lanes.borrow_mut();
        lanes.push(Finished { name: name.into(), spans: Vec::new() });
        Hand { diary: Rc::clone(self), lane: lanes.len() - 1, since }
    }

    pub(super) fn written(&self) -> Written {
        let lanes = Timeline { lanes: self.lanes.take() };
        Written { lanes, gaps: self.gaps.take(), homes: self.homes.take() }
    }

    /// Somebody goes on, and so nobody looks for the next any more.
    fn goes_on(&self) -> Duration {
        let to = self.start.elapsed();
        if let Some((who, from)) = self.last.take() {
            self.gaps.borrow_mut().push(Gap { who, from, to });
        }
        to
    }

    fn note(&self, lane: usize, state: &'static str, from: Duration, to: Duration) {
        self.lanes.borrow_mut()[lane].spans.push(Span { state, item: None, from, to });
    }
}

impl Hand {
    /// Does what makes this thread wait, and notes what for.
    pub(super) fn waits<T>(&mut self, reason: &'static str, wait: impl FnOnce() -> T) -> T {
        let (diary, from) = (&self.diary, self.diary.start.elapsed());
        diary.note(self.lane, "computing", self.since, from);
        diary.last.set(Some((self.lane, from)));
        let result = wait();
        self.since = diary.goes_on();
        diary.note(self.lane, reason, from, self.since);
        result
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        let now = self.diary.start.elapsed();
        self.diary.note(self.lane, "computing", self.since, now);
        self.diary.last.set(Some((self.lane, now)));
    }
}

impl Written {
    /// The lanes, and in those of the last to wait how long it has looked for the next, where that
    /// took longer than `least`.
    pub(super) fn with_sleepers(&self, least: Duration) -> Timeline {
        let mut timeline = self.lanes.clone();
        for gap in self.gaps.iter().filter(|gap| gap.to - gap.from > least) {
            let spans = &mut timeline.lanes[gap.who].spans;
            // It waits longer than that itself, or not; or has ended.
            if let Some(span) = spans.iter_mut().find(|span| span.from == gap.from) {
                span.from = gap.to.min(span.to);
            }
            spans.push(Span { state: ASLEEP, item: None, from: gap.from, to: gap.to });
            spans.retain(|span| span.from < span.to);
            spans.sort_by_key(|span| span.from);
        }
        timeline
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_the_last_that_waits_to_the_first_that_goes_on_is_a_gap() {
        let diary = Diary::new(Instant::now());
        let (mut a, mut b) = (diary.begin("a"), diary.begin("b"));
        a.waits("x", || b.waits("y", || ()));
        drop((a, b));
        let written = diary.written();
        let who: Vec<_> = written.gaps.iter().map(|gap| gap.who).collect();
        // b goes on; then a does, without anybody having waited; then a and b end.
        assert_eq!(who, [1]);
        let gap = written.gaps[0];
        let drawn = written.with_sleepers(Duration::ZERO);
        let asleep = Span { state: ASLEEP, item: None, from: gap.from, to: gap.to };
        assert!(drawn.lanes[1].spans.contains(&asleep));
        assert!(drawn.lanes.iter().all(|l| l.spans.windows(2).all(|w| w[0].to <= w[1].from)));
    }
}
