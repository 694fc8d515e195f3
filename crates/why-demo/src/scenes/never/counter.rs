//! A counter that hands out numbers: each asker needs the next one, so all need the same place.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use stage::{Contest, Result};

use super::{Problem, alone, few_and_many};
use crate::crew;

pub(super) fn race(numbers: u64, rounds: usize) -> Result<Problem> {
    let mut contest = Contest::new();
    alone(&mut contest, move || {
        let mut next = 0;
        let handed_out = (0..numbers).map(|_| {
            next = black_box(next + 1);
            next
        });
        right(handed_out.sum(), numbers)
    });
    for threads in few_and_many() {
        contest.enter(format!("an atomic, {threads} threads"), move || {
            let next = AtomicU64::new(0);
            let number = || next.fetch_add(1, Relaxed) + 1;
            right(drawn(threads, numbers, number)?, numbers)
        });
        contest.enter(format!("a mutex, {threads} threads"), move || {
            let next = Mutex::new(0);
            let number = || {
                let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
                *next += 1;
                *next
            };
            right(drawn(threads, numbers, number)?, numbers)
        });
    }
    let [few, _] = few_and_many();
    contest.enter(format!("way out: {few} counters"), move || {
        let sums = crew::together(few, |_| {
            let mut own = 0_u64;
            (0..numbers / few as u64).for_each(|_| own = black_box(own + 1));
            Ok(own)
        })?;
        let all = numbers / few as u64 * few as u64;
        if sums.iter().sum::<u64>() == all { Ok(()) } else { Err("a count was lost".into()) }
    });
    let mut times = contest.run(rounds)?;
    let what = format!("{numbers} numbers are handed out, each once, in order, to whoever asks.");
    Ok(Problem { name: "counter", what, way_out: times.pop(), times })
}

/// The sum of so many numbers (or a few more), drawn by so many threads.
fn drawn(threads: usize, numbers: u64, number: impl Fn() -> u64 + Sync) -> workloads::Result<u64> {
    let sums = crew::together(threads, |thread| {
        let threads = threads as u64;
        let own = numbers / threads + u64::from((thread as u64) < numbers % threads);
        Ok((0..own).map(|_| number()).sum::<u64>())
    })?;
    Ok(sums.iter().sum())
}

/// Whether this is the sum of all numbers from 1 on: each was handed out once.
fn right(sum: u64, numbers: u64) -> Result {
    if sum == numbers * (numbers + 1) / 2 {
        Ok(())
    } else {
        Err("a number was handed out twice, or never".into())
    }
}
