//! A given amount of work, of which a part can only be done one piece after another.

use std::hint::black_box;
use std::time::Duration;

use stage::{Contest, Result};
use workloads::primes;

use super::{Point, speed_ups, wait};
use crate::crew;

/// The pieces that need each the one before it: pages of which each tells where the next one is, say.
pub const ALONE: u32 = 6;

/// The pieces that need nobody.
pub const SHARED: u32 = 18;

/// With so many threads each has equally many pieces.
pub const THREADS: [usize; 6] = [1, 2, 3, 6, 9, 18];

/// The share of the work that is done one after another.
pub fn serial_share() -> f64 {
    f64::from(ALONE) / f64::from(ALONE + SHARED)
}

/// Measures the work with pieces that wait so many microseconds, and with pieces that compute.
///
/// # Errors
/// If there were no threads to be had.
pub fn measure(micros: u64, rounds: usize) -> Result<[Vec<Point>; 2]> {
    let time = Duration::from_micros(micros);
    let waiting = points(rounds, || wait(time))?;
    let computing = points(rounds, || {
        // About a millisecond.
        black_box(primes::count(black_box(1_000_000..1_015_000)));
        Ok(())
    })?;
    Ok([waiting, computing])
}

fn points(rounds: usize, piece: impl Fn() -> workloads::Result<()> + Sync) -> Result<Vec<Point>> {
    let mut contest = Contest::new();
    for threads in THREADS {
        let piece = &piece;
        contest.enter(threads.to_string(), move || Ok(work(threads, piece)?));
    }
    Ok(speed_ups(&THREADS, &contest.run(rounds)?))
}

fn work(
    threads: usize,
    piece: &(impl Fn() -> workloads::Result<()> + Sync),
) -> workloads::Result<()> {
    (0..ALONE).try_for_each(|_| piece())?;
    crew::share(threads, &[(); SHARED as usize], |()| piece()).map(drop)
}
