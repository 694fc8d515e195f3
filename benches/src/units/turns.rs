//! The time that turns take which units of one thread give each other, without their starts and ends.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Runs from when all units have had a turn that doesn't count, until all have had the others; each
/// unit waits for [`Turns::are_over`] before it ends, so that no end is timed. Atomics, because a
/// runtime may have a thread of its own for its tasks.
pub struct Turns {
    there: AtomicU32,
    begun: OnceLock<Instant>,
    /// The same to look at in no time.
    go: AtomicBool,
    done: AtomicU32,
    over: OnceLock<Instant>,
}

impl Turns {
    /// Of no units yet.
    pub const fn new() -> Turns {
        Turns {
            there: AtomicU32::new(0),
            begun: OnceLock::new(),
            go: AtomicBool::new(false),
            done: AtomicU32::new(0),
            over: OnceLock::new(),
        }
    }

    /// A unit has its first turn.
    pub fn one_comes(&self) {
        self.there.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether so many have come.
    pub fn are_there(&self, count: u32) -> bool {
        self.there.load(Ordering::Relaxed) >= count
    }

    /// The clock runs from now on.
    pub fn begin(&self) {
        let _ = self.begun.set(Instant::now());
        self.go.store(true, Ordering::Release);
    }

    /// Whether it runs.
    pub fn have_begun(&self) -> bool {
        self.go.load(Ordering::Acquire)
    }

    /// A unit has had its turns; after the last of so many the clock stands.
    pub fn one_had(&self, count: u32) {
        if self.done.fetch_add(1, Ordering::AcqRel) + 1 == count {
            let _ = self.over.set(Instant::now());
        }
    }

    /// Whether it stands.
    pub fn are_over(&self) -> bool {
        self.over.get().is_some()
    }

    /// How long it ran, if it did and stands.
    pub fn took(&self) -> Option<Duration> {
        Some(self.over.get()?.duration_since(*self.begun.get()?))
    }
}

/// The mean of so many turns of so many units each, in nanoseconds. The turn in which a unit sees
/// that they have begun counts too.
pub fn mean(took: Duration, count: u32, turns: u64) -> f64 {
    took.as_nanos() as f64 / (u64::from(count) * (turns + 1)) as f64
}
