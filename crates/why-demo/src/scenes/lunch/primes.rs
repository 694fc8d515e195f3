//! The same primes, counted by one thread and by more.

use stage::contest::Times;
use stage::{Contest, Result};
use workloads::primes;

use crate::{cores, crew};

/// The same count with so many threads.
pub struct Run {
    /// How many threads.
    pub threads: usize,
    /// How many numbers were tested.
    pub tested: u64,
    /// How long it took.
    pub times: Times,
}

/// Counts the primes below `below` with one thread (twice, to see what a difference is worth), with
/// 2, 4, 8… up to one a core, and with twice as many as there are cores.
///
/// # Errors
/// If two counts differ, or a thread can't be had.
pub fn run(below: u64, rounds: usize) -> Result<Vec<Run>> {
    let (tasks, cores) = (primes::split(below, 256)?, cores::count());
    let doubled = std::iter::successors(Some(2), |n| Some(2 * n)).take_while(|&n| n < cores);
    let mut threads = vec![1, 1];
    threads.extend(doubled);
    threads.extend([cores, 2 * cores].iter().filter(|&&n| n > 1));
    let known = primes::count(0..below);
    let mut contest = Contest::new();
    for (row, &threads) in threads.iter().enumerate() {
        let name = match (row, threads) {
            (0, _) => "1 thread".to_owned(),
            (1, _) => "1 thread, again".to_owned(),
            (_, more) => format!("{more} threads"),
        };
        let tasks = &tasks;
        contest.enter(name, move || {
            let count: u64 =
                crew::share(threads, tasks, |range| Ok(primes::count(range.clone())))?.iter().sum();
            if count == known { Ok(()) } else { Err(format!("{count} primes, not {known}").into()) }
        });
    }
    let times = contest.run(rounds)?;
    let run = |(&threads, times)| Run { threads, tested: below, times };
    Ok(threads.iter().zip(times).map(run).collect())
}
