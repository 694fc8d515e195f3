//! The lock of CPython 3.2 and later (`Python/ceval_gil.c`), by Antoine Pitrou.
//!
//! ```text
//! holder    ━━━━━━━━━━━━━━━━━━━━━━━━━━┥ check: asked. Drop, signal `free`,
//!                                     │ wait until somebody else has it: `switched`
//! waiter        ┝╌╌╌╌╌ 5 ms ╌╌╌╌╌╌╌┥ask ┝━━━━━━━━━━━━━━━━━━━━━━
//! ```
//!
//! A waiter that has slept a whole interval, during which the lock has not changed hands, asks the
//! holder to drop it, unless another has asked already. The holder sees that at its next check, drops the lock, and waits until
//! another thread has taken it (*forced switching*): without that it would often be back first.
//! There is no queue: whoever wakes first takes the lock.

use std::mem;
use std::time::Duration;

use crate::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use crate::sync::pthread::{Condvar, Mutex, lock, wait, wait_at_most};
use crate::thread::{ASKED, HOLDS, IN_VAIN, OUTSIDE, ThreadState, WAITS};

use super::GlobalLock;

/// What `sys.getswitchinterval()` says unless it was changed.
pub const DEFAULT: Duration = Duration::from_millis(5);

/// One lock for all threads; who waits for an interval may ask for it.
#[derive(Debug)]
pub struct Interval {
    state: Mutex<State>,
    /// The lock is free.
    free: Condvar,
    /// The lock has a new holder.
    switched: Condvar,
    /// Somebody asks the holder to drop it: `gil_drop_request`. The holder looks at this often and
    /// without the mutex; so it may see a request late, but not lose it.
    asked: AtomicBool,
    /// In nanoseconds.
    interval: AtomicU64,
    /// Whether who drops the lock on request waits for another to take it.
    forced: bool,
}

/// Guarded by the mutex. CPython guards `last_holder` and `switched` by a second one, so that who
/// waits for the switch doesn't hold up who takes the lock; here the wait releases the mutex too.
#[derive(Debug, Default, Clone, Copy)]
struct State {
    locked: bool,
    last_holder: u32,
    /// How often the lock went from one thread to another.
    switches: u64,
}

impl Default for Interval {
    fn default() -> Interval {
        Interval::new(true)
    }
}

impl Interval {
    /// A free lock. `forced` is what CPython does; without forced switching, the thread that
    /// drops the lock on request is often the one that takes it again.
    #[must_use]
    pub fn new(forced: bool) -> Interval {
        Interval {
            state: Mutex::default(),
            free: Condvar::new(),
            switched: Condvar::new(),
            asked: AtomicBool::new(false),
            interval: AtomicU64::new(DEFAULT.as_nanos() as u64),
            forced,
        }
    }

    /// How often the lock went from one thread to another.
    #[must_use]
    pub fn switches(&self) -> u64 {
        lock(&self.state).switches
    }

    /// Whether the holder is asked to drop the lock.
    #[inline]
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.asked.load(Relaxed)
    }

    fn interval(&self) -> Duration {
        Duration::from_nanos(self.interval.load(Relaxed))
    }

    fn release(&self, me: &ThreadState) {
        let mut state = lock(&self.state);
        debug_assert!(state.locked && state.last_holder == me.id, "dropped by who has it");
        state.locked = false;
        self.free.notify_one(&state);
        if self.forced && self.is_asked() {
            self.asked.store(false, Relaxed);
            // Who has asked is still waiting, so somebody will take it.
            while state.last_holder == me.id {
                state = wait(&self.switched, state);
            }
        }
    }

    #[cold]
    fn give_way(&self, me: &mut ThreadState) {
        me.now(WAITS);
        self.release(me);
        self.take(me);
    }
}

impl GlobalLock for Interval {
    const NAME: &'static str = "interval";

    fn take(&self, me: &mut ThreadState) {
        let mut state = lock(&self.state);
        if state.locked {
            me.now(WAITS);
        }
        while state.locked {
            let mut switches = state.switches;
            let (woken, timed_out) = wait_at_most(
                &self.free,
                state,
                || self.interval(),
                |now| {
                    // A thread during whose wait the lock changed hands has not waited long for its
                    // present holder, and may not ask. That is why slices stretch beyond the interval
                    // with many threads.
                    let switched = mem::replace(&mut switches, now.switches) != now.switches;
                    now.locked && (switched || self.is_asked())
                },
            );
            state = woken;
            if !state.locked {
                break;
            }
            if !timed_out {
                me.now(IN_VAIN);
            } else if state.switches == switches {
                // Recorded first: the holder may drop the lock at once.
                me.now(ASKED);
                self.asked.store(true, Relaxed);
            }
        }
        state.locked = true;
        if state.last_holder != me.id {
            state.last_holder = me.id;
            state.switches += 1;
        }
        self.asked.store(false, Relaxed);
        // Still under the mutex, and before the new holder is shown to those who wait: nobody can be
        // seen to ask it before it is one, or sooner than an interval after that.
        me.now(HOLDS);
        self.switched.notify_one(&state);
    }

    /// Where somebody has asked, this too waits for the switch.
    fn give(&self, me: &mut ThreadState) {
        me.now(OUTSIDE);
        self.release(me);
    }

    #[inline]
    fn check(&self, me: &mut ThreadState) {
        if self.is_asked() {
            self.give_way(me);
        }
    }

    fn set_interval(&self, interval: Duration) {
        // A microsecond is the least that CPython waits.
        let nanos = u64::try_from(interval.as_nanos()).unwrap_or(u64::MAX);
        self.interval.store(nanos.max(1_000), Relaxed);
    }
}
