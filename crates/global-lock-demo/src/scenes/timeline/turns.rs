//! Who had the lock, turn after turn, as the lanes tell.

use std::time::Duration;

use stage::Timeline;
use stage::timeline::Span;

use crate::distribution::Distribution;
use crate::thread::{ASKED, HOLDS, IN_VAIN, WAITS};

/// What became of a lock that several threads wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Turns {
    /// One after another.
    pub all: Vec<Turn>,
    /// How often a thread was woken for the lock and found it taken.
    pub in_vain: usize,
}

/// From when a thread takes the lock after another one, until it gives it up for yet another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Whose: the lane's place.
    pub lane: usize,
    /// From when.
    pub from: Duration,
    /// To when.
    pub to: Duration,
    /// How often it took the lock: more than once, if it gave it up in between and was back before
    /// anybody else.
    pub takes: usize,
    /// When it asked the thread before it to drop the lock, if it did.
    pub asked: Option<Duration>,
    /// How far into this turn the thread before it was back, and waited for the lock.
    pub back: Option<Duration>,
}

impl Turn {
    /// How long it was.
    #[must_use]
    pub fn took(&self) -> Duration {
        self.to - self.from
    }
}

impl Turns {
    /// The turns in a timeline. The first and the last are left out: there may have been but one
    /// thread then.
    #[must_use]
    pub fn of(timeline: &Timeline) -> Turns {
        let lanes = timeline.lanes.iter().enumerate();
        let mut spans: Vec<_> =
            lanes.flat_map(|(lane, of)| of.spans.iter().map(move |span| (lane, span))).collect();
        spans.sort_by_key(|(_, span)| span.from);
        let mut turns = Turns::default();
        // When each lane last asked, and how many were woken in vain by the end of the last turn.
        let mut asks = vec![None; timeline.lanes.len()];
        let mut in_vain = 0;
        for (lane, &Span { state, from, to, .. }) in spans {
            let before = turns.all.len().checked_sub(2).map(|place| turns.all[place].lane);
            match (turns.all.last_mut(), state) {
                (Some(turn), HOLDS) if turn.lane == lane => {
                    turn.takes += 1;
                    turn.to = to;
                }
                (last, HOLDS) => {
                    let asked = asks[lane].filter(|ask| last.is_some_and(|turn| *ask > turn.from));
                    turns.all.push(Turn { lane, from, to, takes: 1, asked, back: None });
                    turns.in_vain = in_vain;
                }
                (_, ASKED) => asks[lane] = Some(from),
                (Some(turn), WAITS) if before == Some(lane) && turn.back.is_none() => {
                    turn.back = Some(from - turn.from);
                }
                (_, IN_VAIN) if before.is_some() => in_vain += 1,
                _ => {}
            }
        }
        turns.all.pop();
        if !turns.all.is_empty() {
            turns.all.remove(0);
        }
        turns
    }

    /// How long they were; `None` if there are none.
    #[must_use]
    pub fn lengths(&self) -> Option<Distribution> {
        Distribution::of(self.all.iter().map(Turn::took)).ok()
    }

    /// From the begin of the first to the end of the last.
    #[must_use]
    pub fn took(&self) -> Duration {
        let ends = self.all.first().zip(self.all.last());
        ends.map_or(Duration::ZERO, |(first, last)| last.to - first.from)
    }

    /// How often the lock was taken.
    #[must_use]
    pub fn takes(&self) -> usize {
        self.all.iter().map(|turn| turn.takes).sum()
    }

    /// Of all the times that a thread gave the lock up, the share in which it was the one to
    /// take it again.
    #[must_use]
    pub fn again(&self) -> f64 {
        (self.takes() - self.all.len()) as f64 / self.takes().max(1) as f64
    }
}
