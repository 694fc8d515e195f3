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
//! To fall asleep and be woken costs more than most waits here last: an I/O thread holds the lock
//! for a microsecond or so between two system calls, and a hog checks every few nanoseconds. So who
//! waits first looks at the number for a while ([`SPIN`]), and with a core for each of the two no
//! system call is made. The price is that core, which does nothing else meanwhile. It is a small
//! one, for the time is bounded: who waits for a long call of native code, or shares a core with
//! the holder, which then can't go on, looks in vain that long and falls asleep.
//!
//! What it can't do is share the lock between hogs: two of them give way to each other at *every*
//! check, and get less done than one. That is what CPython's interval is good for.

use std::time::Duration;

use crate::sync::atomic::{AtomicU32, AtomicUsize, Ordering::*, fence};
use crate::sync::{Arc, Condvar, Mutex, lock, spin_until, wait};
use crate::thread::{HOLDS, OUTSIDE, ThreadState, WAITS};

use super::GlobalLock;

/// How long to look before falling asleep: several times what a hand-over from core to core takes,
/// and about what it costs to sleep and be woken, so that to look in vain at most doubles that.
pub const SPIN: Duration = Duration::from_micros(5);

/// One lock for all threads, in the order in which they came.
#[derive(Debug)]
pub struct Fair {
    /// The next ticket. Tickets begin again when 2³² were drawn.
    next: CacheLine<AtomicU32>,
    /// Whose turn it is. If nobody has drawn this ticket yet, the lock is free. Only the holder
    /// changes it.
    serving: CacheLine<AtomicU32>,
    /// How many are in `asleep`: written under its mutex, read without.
    sleepers: AtomicUsize,
    /// Who sleeps: the ticket, and the signal that its number is called.
    asleep: Mutex<Vec<(u32, Arc<Condvar>)>>,
    spin: Duration,
}

/// A line that its neighbours' readers don't pull from core to core.
#[derive(Debug, Default)]
#[repr(align(64))]
struct CacheLine<T>(T);

impl Default for Fair {
    fn default() -> Fair {
        Fair::new(SPIN)
    }
}

impl Fair {
    /// A free lock, whose waiters spin for so long before they sleep.
    #[must_use]
    pub fn new(spin: Duration) -> Fair {
        Fair {
            next: CacheLine::default(),
            serving: CacheLine::default(),
            sleepers: AtomicUsize::new(0),
            asleep: Mutex::default(),
            spin,
        }
    }

    /// How many wait, while somebody holds the lock.
    #[inline]
    #[must_use]
    pub fn waiting(&self) -> u32 {
        let beyond = self.next.0.load(Relaxed).wrapping_sub(self.serving.0.load(Relaxed));
        beyond.saturating_sub(1)
    }

    /// How many of them sleep, or are about to.
    #[must_use]
    pub fn sleeping(&self) -> usize {
        self.sleepers.load(Relaxed)
    }

    fn is_served(&self, ticket: u32) -> bool {
        self.serving.0.load(Acquire) == ticket
    }

    fn sleep(&self, ticket: u32) {
        let mut asleep = lock(&self.asleep);
        let called = Arc::new(Condvar::new());
        asleep.push((ticket, Arc::clone(&called)));
        self.sleepers.store(asleep.len(), Relaxed);
        // Who calls a number first writes it and then looks for sleepers; this thread does it the
        // other way round. The fences see to it that at least one of the two sees the other.
        fence(SeqCst);
        while !self.is_served(ticket) {
            asleep = wait(&called, asleep);
        }
        asleep.retain(|(of, _)| *of != ticket);
        self.sleepers.store(asleep.len(), Relaxed);
    }

    /// Calls the next number, and wakes who has it if need be.
    fn serve_next(&self) {
        let next = self.serving.0.load(Relaxed).wrapping_add(1);
        self.serving.0.store(next, Release);
        fence(SeqCst);
        if self.sleeping() > 0 {
            self.wake(next);
        }
    }

    #[cold]
    fn wake(&self, ticket: u32) {
        let mut asleep = lock(&self.asleep);
        let place = asleep.iter().position(|(of, _)| *of == ticket);
        let sleeper = place.map(|place| asleep.swap_remove(place));
        self.sleepers.store(asleep.len(), Relaxed);
        drop(asleep);
        if let Some((_, called)) = sleeper {
            called.notify_one();
        }
    }

    /// In this order: who is served next finds this thread waiting, however soon it checks.
    #[cold]
    fn give_way(&self, me: &mut ThreadState) {
        me.now(WAITS);
        let ticket = self.draw();
        self.serve_next();
        self.wait_for(ticket, me);
    }

    fn draw(&self) -> u32 {
        self.next.0.fetch_add(1, Relaxed)
    }

    fn wait_for(&self, ticket: u32, me: &mut ThreadState) {
        if !self.is_served(ticket) {
            me.now(WAITS);
            if !spin_until(self.spin, || self.is_served(ticket)) {
                self.sleep(ticket);
            }
        }
        me.now(HOLDS);
    }
}

impl GlobalLock for Fair {
    const NAME: &'static str = "fair";

    fn take(&self, me: &mut ThreadState) {
        self.wait_for(self.draw(), me);
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
