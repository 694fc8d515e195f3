//! Increments in whatever order they come.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Barrier, Mutex, PoisonError};
use std::thread;

/// A way to add 1 to a shared counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addition {
    /// A load, then a store. A release build for x86-64 makes one instruction of the two, `inc`,
    /// and loses updates all the same: an instruction is not one step unless it says so (`lock`).
    LoadStore,
    /// One atomic operation.
    FetchAdd,
    /// Any number of operations, with the lock held from the first to the last.
    Locked,
}

impl Addition {
    /// All ways.
    pub const ALL: [Addition; 3] = [Addition::LoadStore, Addition::FetchAdd, Addition::Locked];

    /// Its name in a table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Addition::LoadStore => "load, then store",
            Addition::FetchAdd => "fetch_add",
            Addition::Locked => "Mutex",
        }
    }

    /// Whether no other thread can come between its reading and its writing.
    #[must_use]
    pub fn is_one_step(self) -> bool {
        self != Addition::LoadStore
    }
}

/// Two threads add 1 so many times each, as fast as they can: how many of the increments are not
/// in the counter in the end.
#[must_use]
pub fn free(addition: Addition, each: u64) -> u64 {
    let atomic = AtomicU64::new(0);
    let locked = Mutex::new(0);
    match addition {
        Addition::LoadStore => twice(each, || {
            atomic.store(atomic.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        }),
        Addition::FetchAdd => twice(each, || {
            atomic.fetch_add(1, Ordering::Relaxed);
        }),
        Addition::Locked => twice(each, || {
            *locked.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        }),
    }
    let locked = locked.into_inner().unwrap_or_else(PoisonError::into_inner);
    2 * each - (atomic.into_inner() + locked)
}

/// `step` so many times on each of two threads, which start together.
fn twice(each: u64, step: impl Fn() + Sync) {
    let start_line = Barrier::new(2);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                start_line.wait();
                (0..each).for_each(|_| step());
            });
        }
    });
}
