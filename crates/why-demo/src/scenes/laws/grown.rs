//! Work that grows with those who do it.

use std::time::Duration;

use stage::{Contest, Result};

use super::{Point, speed_ups, wait};
use crate::crew;

/// The pieces that are done one after another, however many threads there are.
pub const ALONE: u32 = 2;

/// The pieces that each thread does.
pub const EACH: u32 = 6;

const THREADS: [usize; 5] = [1, 2, 4, 8, 16];

/// The share of the time that is one after another.
pub fn serial_share() -> f64 {
    f64::from(ALONE) / f64::from(ALONE + EACH)
}

/// How many pieces so many threads do.
pub fn pieces(threads: f64) -> f64 {
    f64::from(ALONE) + f64::from(EACH) * threads
}

/// How many times as much so many threads do in the same time, with pieces of so many microseconds.
///
/// # Errors
/// If there were no threads to be had.
pub fn measure(micros: u64, rounds: usize) -> Result<Vec<Point>> {
    let piece = || wait(Duration::from_micros(micros));
    let mut contest = Contest::new();
    for threads in THREADS {
        contest.enter(threads.to_string(), move || {
            (0..ALONE).try_for_each(|_| piece())?;
            crew::together(threads, |_| (0..EACH).try_for_each(|_| piece()))?;
            Ok(())
        });
    }
    let speed_ups = speed_ups(&THREADS, &contest.run(rounds)?);
    Ok(speed_ups.into_iter().map(|(n, is)| (n, is * pieces(n) / pieces(1.0))).collect())
}
