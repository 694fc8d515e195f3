//! Work whose every piece all others must hear of.

use std::sync::{Barrier, Mutex, PoisonError};
use std::time::Duration;

use stage::{Contest, Result};

use super::{Point, speed_ups, wait};
use crate::crew;
use crate::laws::Universal;

/// How many pieces there are. With so many threads each has equally many.
pub const PIECES: usize = 24;
const THREADS: [usize; 8] = [1, 2, 3, 4, 6, 8, 12, 24];

/// What each thread can do while the others do the same, what only one can do at a time, and what it
/// takes to tell one other thread; in microseconds.
const OWN: u32 = 2_000;
const QUEUED: u32 = 100;
const TELLING: u32 = 40;

/// The law that this obeys by how it is made. With n threads, n pieces take OWN + n × (QUEUED +
/// (n − 1) × TELLING); divide n pieces of one thread by that.
pub fn law() -> Universal {
    let alone = f64::from(OWN + QUEUED);
    Universal { sigma: f64::from(QUEUED) / alone, kappa: f64::from(TELLING) / alone }
}

/// Measures it, so many times as slow as the constants say.
///
/// # Errors
/// If there were no threads to be had.
pub fn measure(slower: u32, rounds: usize) -> Result<Vec<Point>> {
    let mut contest = Contest::new();
    for threads in THREADS {
        contest.enter(threads.to_string(), move || Ok(work(threads, slower)?));
    }
    Ok(speed_ups(&THREADS, &contest.run(rounds)?))
}

fn work(threads: usize, slower: u32) -> workloads::Result<()> {
    let micros = |micros: u32| Duration::from_micros(u64::from(micros * slower));
    let (all_done, turn) = (Barrier::new(threads), Mutex::new(()));
    let others = threads as u32 - 1;
    crew::together(threads, |_| {
        (0..PIECES / threads).try_for_each(|_| {
            wait(micros(OWN))?;
            all_done.wait();
            let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
            wait(micros(QUEUED + others * TELLING))
        })
    })
    .map(drop)
}
