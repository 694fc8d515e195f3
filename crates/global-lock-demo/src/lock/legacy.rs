//! The lock of CPython up to 3.1 (`Python/ceval.c`, `Python/thread_pthread.h` of 2.7).
//!
//! ```text
//! holder    ━━━━━━━━━━━━┥┝━━━━━━━━━━━━┥┝━━━━━━━━━━━━┥┝━━━━━━
//!            101 ticks  │ give, signal,│ take: mostly │ it was faster
//! waiter    ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ wakes ╳╌╌╌╌╌╌╌╌ wakes ╳╌╌╌╌╌╌╌╌╌
//! ```
//!
//! Every so many ticks the holder gives the lock up and takes it again at once. It does not care
//! who waits, nor whether anybody had a chance: to signal a waiter is a system call, and for the
//! waiter to wake up takes far longer than for the holder to come back. So a second thread makes
//! the first one slower without getting much done itself, and the more so if it has a core of its
//! own to wake up on, for nothing (Beazley, "Inside the Python GIL", 2009).
//!
//! A lock of CPython's is a POSIX semaphore on Linux. This one behaves like it: a count of who
//! waits, so that giving is only a system call if somebody does, and no order among them.

use crate::sync::atomic::{AtomicI64, Ordering::Relaxed};
use crate::sync::{Condvar, Mutex, lock, wait};
use crate::thread::{HOLDS, IN_VAIN, OUTSIDE, ThreadState, WAITS};

use super::GlobalLock;

/// What `sys.getcheckinterval()` says unless it was changed.
pub const DEFAULT: u32 = 100;

/// One lock for all threads, given up and taken again every so many ticks.
#[derive(Debug)]
pub struct Legacy {
    state: Mutex<State>,
    /// The lock is free.
    free: Condvar,
    /// How many ticks are left: `_Py_Ticker`. There is one for all threads, and whoever takes the
    /// lock goes on counting where the last holder stopped. Only the holder counts, so that a load
    /// and a store suffice.
    ticker: AtomicI64,
    /// `_Py_CheckInterval`.
    check_interval: u32,
}

#[derive(Debug, Default)]
struct State {
    locked: bool,
    /// How many want the lock and have not got it, be they asleep or just waking up.
    waiting: usize,
}

impl Default for Legacy {
    fn default() -> Legacy {
        Legacy::new(DEFAULT)
    }
}

impl Legacy {
    /// A free lock, given up once in `check_interval + 1` ticks: the ticker has to fall below 0.
    #[must_use]
    pub fn new(check_interval: u32) -> Legacy {
        Legacy {
            state: Mutex::default(),
            free: Condvar::new(),
            ticker: AtomicI64::new(check_interval.into()),
            check_interval,
        }
    }

    fn release(&self) {
        let mut state = lock(&self.state);
        debug_assert!(state.locked, "given up by who has it");
        state.locked = false;
        let signal = state.waiting > 0;
        drop(state);
        if signal {
            self.free.notify_one();
        }
    }

    #[cold]
    fn give_way(&self, me: &mut ThreadState) {
        me.now(WAITS);
        self.release();
        self.take(me);
    }
}

impl GlobalLock for Legacy {
    const NAME: &'static str = "legacy";
    const TICKS: bool = true;

    fn take(&self, me: &mut ThreadState) {
        let mut state = lock(&self.state);
        if state.locked {
            me.now(WAITS);
            state.waiting += 1;
            loop {
                state = wait(&self.free, state);
                if !state.locked {
                    break;
                }
                me.now(IN_VAIN);
            }
            state.waiting -= 1;
        }
        state.locked = true;
        me.now(HOLDS);
    }

    fn give(&self, me: &mut ThreadState) {
        me.now(OUTSIDE);
        self.release();
    }

    /// Nothing: nobody can ask.
    #[inline]
    fn check(&self, _me: &mut ThreadState) {}

    #[inline]
    fn tick(&self, me: &mut ThreadState) {
        let left = self.ticker.load(Relaxed) - 1;
        if left < 0 {
            self.ticker.store(self.check_interval.into(), Relaxed);
            self.give_way(me);
        } else {
            self.ticker.store(left, Relaxed);
        }
    }
}
