//! What an operation costs: alone, and when several threads do the same at once.

use std::cell::Cell;
use std::hint::black_box;
use std::iter::repeat_with;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};

use stage::Result;
use workloads::chain;

use super::rounds::{Cost, Rounds};

/// A counter in a cache line of its own. 128 bytes: some processors fetch lines in pairs.
#[derive(Default)]
#[repr(align(128))]
struct Shard(AtomicU64);

thread_local! {
    static MINE: Cell<u64> = const { Cell::new(0) };
}

/// Adding 1, and reading, in all ways: `each` times in a thread and round.
///
/// # Errors
/// If one did not count right.
pub fn costs(threads: usize, each: u64, rounds: usize) -> Result<Vec<Cost>> {
    let shards: Vec<_> = repeat_with(Shard::default).take(threads).collect();
    let atomic = AtomicU64::new(0);
    let std = [Mutex::new(0), Mutex::new(0)];
    let parking_lot = parking_lot::Mutex::new(0);
    let (std_read, parking_lot_read) = (RwLock::new(1), parking_lot::RwLock::new(1));

    let mut all = Rounds::new(threads, each);
    all.enter_own("thread-local, add", |_| {
        // The black box keeps the compiler from adding all at once.
        (0..each).for_each(|_| MINE.set(black_box(MINE.get() + 1)));
        MINE.take()
    });
    all.enter(
        "sharded counter, add",
        |thread| {
            shards[thread].0.fetch_add(1, Ordering::Relaxed);
        },
        || shards.iter().map(|shard| shard.0.load(Ordering::Relaxed)).sum(),
    );
    all.enter(
        "atomic, add",
        |_| {
            atomic.fetch_add(1, Ordering::Relaxed);
        },
        || atomic.load(Ordering::Relaxed),
    );
    for (name, std) in ["std Mutex, add", "std Mutex, again"].into_iter().zip(&std) {
        let lock = || std.lock().unwrap_or_else(PoisonError::into_inner);
        all.enter(name, move |_| *lock() += 1, move || *lock());
    }
    all.enter("parking_lot Mutex, add", |_| *parking_lot.lock() += 1, || *parking_lot.lock());
    let read = || *std_read.read().unwrap_or_else(PoisonError::into_inner);
    all.enter_own("std RwLock, read", |_| (0..each).map(|_| black_box(read())).sum());
    let read = || *parking_lot_read.read();
    all.enter_own("parking_lot RwLock, read", |_| (0..each).map(|_| black_box(read())).sum());
    all.run(rounds)
}

/// Reading for a while, in two threads: the reader follows a chain of so many links, under a lock that it holds
/// to the end.
///
/// # Errors
/// If a chain did not end where it must, or `links` is out of bounds.
pub fn long_reads(links: u64, each: u64, rounds: usize) -> Result<[Cost; 2]> {
    let end = chain::run(links)?;
    let (mutex, rwlock) = (Mutex::new(links), RwLock::new(links));
    let right = |links| u64::from(chain::run(black_box(links)).is_ok_and(|at| at == end));
    let mut both = Rounds::new(2, each);
    both.enter_own("std Mutex, long read", |_| {
        let read = || right(*mutex.lock().unwrap_or_else(PoisonError::into_inner));
        (0..each).map(|_| read()).sum()
    });
    both.enter_own("std RwLock, long read", |_| {
        let read = || right(*rwlock.read().unwrap_or_else(PoisonError::into_inner));
        (0..each).map(|_| read()).sum()
    });
    let costs = both.run(rounds)?;
    Ok([costs[0], costs[1]])
}
