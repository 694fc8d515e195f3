//! A fair lock: no interpreter's. Who waits is next.
//!
//! It works as at a counter: who comes draws a ticket, and who leaves calls the next number.
//!
//! ```text
//! hog        ━━━━━━━━━━━━━━━┥ check: a ticket beyond mine. Draw one, call the next
//!                           │┄ spins ┄┝━━━━━━━━━━━━━━━━━━━━━━━
//! I/O thread   in recv ┝┄┄┄┄┝━━━━━━━━┥ send
//!                      draws a ticket and spins
//! ```
//!
//! To draw a ticket is to ask: the holder gives way at its next check, not after 5 ms. And the lock
//! is never free in between, so nobody can come first who came later.
//!
//! To sleep and be woken costs much more than most waits here take: an I/O thread holds the lock for
//! some microseconds between two system calls, and a hog checks every few nanoseconds. So who waits
//! first looks at the number for a while ([`SPIN`]), and mostly no system call is made. The price is
//! a core that is kept busy with waiting, for that long at most: a wait for a holder that computes
//! outside the interpreter's sight for a second wastes these microseconds and then sleeps.
//!
//! What it can't do: two hogs give way to each other at *every* check, so they spend their time with
//! handing over. That is what the interval of CPython is for.

use std::time::Duration;

use crate::sync::atomic::{AtomicU32, Ordering::Acquire, Ordering::Relaxed, Ordering::Release};
use crate::sync::{Arc, Condvar, Mutex, lock, spin_until, wait};
use crate::thread::{HOLDS, OUTSIDE, ThreadState, WAITS};

use super::GlobalLock;

/// How long to look before falling asleep: about as long as it takes to wake up from that, so that
/// a wait never costs much more than twice what it would have cost at best.
pub const SPIN: Duration = Duration::from_micros(20);

/// One lock for all threads, in the order in which they came.
#[derive(Debug, Default)]
pub struct Fair {
    /// The next ticket. Tickets begin again when 2³² were drawn.
    next: AtomicU32,
    /// Whose turn it is. If nobody has drawn this ticket yet, the lock is free. Only the holder
    /// changes it, under the mutex.
    serving: AtomicU32,
    /// Who sleeps: the ticket, and the signal that its number is called.
    asleep: Mutex<Vec<(u32, Arc<Condvar>)>>,
}

impl Fair {
    /// How many wait, while somebody holds the lock.
    #[must_use]
    pub fn waiting(&self) -> u32 {
        let beyond = self.next.load(Relaxed).wrapping_sub(self.serving.load(Relaxed));
        beyond.saturating_sub(1)
    }

    fn is_served(&self, ticket: u32) -> bool {
        self.serving.load(Acquire) == ticket
    }

    fn sleep(&self, ticket: u32) {
        let mut asleep = lock(&self.asleep);
        // Numbers are called under the mutex: none is missed between this look and the wait.
        if !self.is_served(ticket) {
            let called = Arc::new(Condvar::new());
            asleep.push((ticket, Arc::clone(&called)));
            while !self.is_served(ticket) {
                asleep = wait(&called, asleep);
            }
        }
    }

    /// Calls the next number, and wakes who has it if need be.
    fn serve_next(&self) {
        let mut asleep = lock(&self.asleep);
        let next = self.serving.load(Relaxed).wrapping_add(1);
        self.serving.store(next, Release);
        let sleeper = asleep.iter().position(|(ticket, _)| *ticket == next);
        let sleeper = sleeper.map(|place| asleep.swap_remove(place));
        drop(asleep);
        if let Some((_, called)) = sleeper {
            called.notify_one();
        }
    }

    #[cold]
    fn give_way(&self, me: &mut ThreadState) {
        me.now(WAITS);
        self.serve_next();
        self.take(me);
    }
}

impl GlobalLock for Fair {
    const NAME: &'static str = "fair";

    fn take(&self, me: &mut ThreadState) {
        let ticket = self.next.fetch_add(1, Relaxed);
        if !self.is_served(ticket) {
            me.now(WAITS);
            if !spin_until(SPIN, || self.is_served(ticket)) {
                self.sleep(ticket);
            }
        }
        me.now(HOLDS);
    }

    fn give(&self, me: &mut ThreadState) {
        me.now(OUTSIDE);
        self.serve_next();
    }

    #[inline]
    fn check(&self, me: &mut ThreadState) {
        if self.waiting() > 0 {
            self.give_way(me);
        }
    }
}
