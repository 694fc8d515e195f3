//! The primitives that the hand-written ones stand on: the standard library's, or loom's when a
//! model is being checked (`--cfg loom`), which runs every interleaving there can be.

pub(crate) mod pthread;

#[cfg(loom)]
pub(crate) use loom::sync::{Arc, Condvar, Mutex, MutexGuard, atomic};
#[cfg(loom)]
pub(crate) use loom::thread;
#[cfg(not(loom))]
pub(crate) use std::sync::{Arc, Condvar, Mutex, MutexGuard, atomic};
#[cfg(not(loom))]
pub(crate) use std::thread;

use std::sync::PoisonError;
use std::time::Duration;

/// Locks, also when a thread has panicked while it held the lock: for states that are whole
/// between any two statements.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for a signal, under the same rule as [`lock`].
pub(crate) fn wait<'a, T>(condition: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    condition.wait(guard).unwrap_or_else(PoisonError::into_inner)
}

/// Waits for a signal or until the time is up, and says whether it was the latter. The guard is one
/// of this mutex.
#[cfg(not(loom))]
pub(crate) fn wait_at_most<'a, T>(
    condition: &Condvar,
    _mutex: &'a Mutex<T>,
    guard: MutexGuard<'a, T>,
    time: Duration,
) -> (MutexGuard<'a, T>, bool) {
    let (guard, result) =
        condition.wait_timeout(guard, time).unwrap_or_else(PoisonError::into_inner);
    (guard, result.timed_out())
}

/// The same in a model, where no time passes. A thread's first few waits end by their time, which
/// is up as soon as the others let it run again, be that at once or late. All later waits, and
/// those that would last for years, end by a signal alone, so that a lost signal is noticed, and
/// two threads can't go on waking each other for ever.
#[cfg(loom)]
pub(crate) fn wait_at_most<'a, T>(
    condition: &Condvar,
    mutex: &'a Mutex<T>,
    guard: MutexGuard<'a, T>,
    time: Duration,
) -> (MutexGuard<'a, T>, bool) {
    use std::cell::Cell;

    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    loom::thread_local! { static LEFT: Cell<u32> = Cell::new(3) }
    let left = LEFT.with(Cell::get);
    if left == 0 || time > YEAR {
        return (wait(condition, guard), false);
    }
    LEFT.with(|cell| cell.set(left - 1));
    drop(guard);
    thread::yield_now();
    (lock(mutex), true)
}

/// Looks again and again, for so long, whether it is `done`; says whether it was in time.
#[cfg(not(loom))]
pub(crate) fn spin_until(time: Duration, done: impl Fn() -> bool) -> bool {
    let start = std::time::Instant::now();
    while !done() {
        if start.elapsed() > time {
            return false;
        }
        std::hint::spin_loop();
    }
    true
}

/// The same in a model: it looks twice, and what others do between is up to them. In no time it
/// looks once.
#[cfg(loom)]
pub(crate) fn spin_until(time: Duration, done: impl Fn() -> bool) -> bool {
    done()
        || !time.is_zero() && {
            thread::yield_now();
            done()
        }
}
