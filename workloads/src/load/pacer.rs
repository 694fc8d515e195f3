//! Wakes the generator whenever a request is due.
//!
//! A poll's time-out would do, but it counts whole milliseconds, too coarse for latencies of
//! microseconds. So a thread sleeps until the next request is due and wakes the poll.

use std::thread;
use std::time::{Duration, Instant};

use mio::{Poll, Waker};

use super::{WAKER, nanos};
use crate::error::{Error, Result};
use crate::stop::Stop;

/// When request `i` of an open loop is due, counted from the start.
pub(super) fn due(i: u64, per_second: u64) -> Duration {
    Duration::from_nanos(i * 1_000_000_000 / per_second)
}

/// The number of the first request that is not yet due so long after the start.
fn next(elapsed: Duration, per_second: u64) -> u64 {
    // In 128 bits, because the product of a day in nanoseconds and a rate exceeds 64.
    let due = u128::from(nanos(elapsed)) * u128::from(per_second) / 1_000_000_000;
    due as u64 + 1
}

pub(super) struct Pacer {
    stop: Stop,
    thread: Option<thread::JoinHandle<()>>,
}

impl Pacer {
    /// It reckons from the same start as the generator: woken a moment before a request is due,
    /// the generator would send it only when the one after it is.
    pub(super) fn start(poll: &Poll, start: Instant, per_second: u64) -> Result<Pacer> {
        let pacing = || "starting the pacer of an open loop";
        let waker = Waker::new(poll.registry(), WAKER).map_err(Error::io(pacing()))?;
        let stop = Stop::new();
        let until = stop.clone();
        let pace = move || {
            while !until.is_stopped() {
                let due = start + due(next(start.elapsed(), per_second), per_second);
                while !until.is_stopped() && Instant::now() < due {
                    thread::park_timeout(due.saturating_duration_since(Instant::now()));
                }
                let _ = waker.wake();
            }
        };
        let thread = thread::Builder::new().name("pacer".into()).spawn(pace);
        let thread = thread.map_err(Error::io(pacing()))?;
        Ok(Pacer { stop, thread: Some(thread) })
    }
}

impl Drop for Pacer {
    fn drop(&mut self) {
        self.stop.stop();
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_request_is_the_first_that_is_not_yet_due() {
        for per_second in [1, 3, 600, 7_919, 99_999, 100_000] {
            for i in [0, 1, 2, 1_000, 8_640_000_000] {
                let at = due(i, per_second);
                // A due time is rounded down to a whole nanosecond, so one more is surely past it.
                let past = next(at + Duration::from_nanos(1), per_second);
                assert_eq!(past, i + 1, "request {i} at {per_second} a second");
                assert!(due(past, per_second) > at);
            }
        }
    }
}
