//! What is to be computed, and the two ways to do it.

use std::hint::black_box;
use std::ops::Range;
use std::time::{Duration, Instant};

use stage::thread_time;
use workloads::{Result, primes};

use crate::green;
use crate::scenes::hearts::Work;

/// In how many pieces who gives way does the work.
pub const PIECES: u64 = 100;

/// To count the primes below a number.
#[derive(Clone)]
pub(super) struct Errand {
    below: u64,
    /// How long it takes when nobody else has anything to do.
    pub(super) length: Duration,
}

impl Errand {
    /// As many primes as can be counted in about so many milliseconds.
    pub(super) fn measured(about_ms: u64) -> Result<Errand> {
        // The fastest of three, by the time on a core: so it is the same on a busy machine.
        let took = |below| {
            let times = (0..3).map(|_| {
                let before = thread_time();
                count(0..below);
                thread_time().saturating_sub(before)
            });
            times.min().unwrap_or_default()
        };
        // Trial division of all numbers below n takes about n^1.5: once more, with what is left.
        let goal = Duration::from_millis(about_ms).as_secs_f64();
        let mut below = 20_000_u64;
        for _ in 0..2 {
            let factor = (goal / took(below).as_secs_f64().max(1e-6)).powf(1.0 / 1.5);
            below = ((below as f64 * factor) as u64).clamp(PIECES, 10_000_000);
        }
        Ok(Errand { below, length: took(below) })
    }

    /// Computes, and gives way to nobody.
    pub(super) fn at_once(&self) -> Work {
        Work { place: "the hog", spans: vec![timed(0..self.below)] }
    }

    /// The same in pieces; after each the others have their turn.
    pub(super) fn in_pieces(&self) -> Result<Work> {
        let mut spans = Vec::new();
        for piece in primes::split(self.below, PIECES)? {
            spans.push(timed(piece));
            green::yield_now();
        }
        Ok(Work { place: "in pieces", spans })
    }
}

fn timed(range: Range<u64>) -> (Instant, Instant) {
    let from = Instant::now();
    count(range);
    (from, Instant::now())
}

/// Counts, for nothing but the time that it takes.
fn count(range: Range<u64>) {
    black_box(primes::count(black_box(range)));
}
