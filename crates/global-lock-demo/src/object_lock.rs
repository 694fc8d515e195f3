//! A lock of one byte, for an object (`Python/lock.c` of CPython 3.13: `PyMutex`).
//!
//! ```text
//!    has parked ─┐┌─ locked
//!                00 ──take──► 01 ──a waiter goes to sleep──► 11
//!                 ◄───give───                                │ give: the one that has waited
//!                                                            │ longest is woken, and
//!                       it finds the lock open, or taken     │
//!                  10, or 00 if it was the last ◄────────────┤ if it slept for up to 1 ms
//!                  11, or 01: the lock is its own ◄──────────┘ if it slept for longer
//! ```
//!
//! A lock is mostly open, or held for so short that it is worth looking again a few times. The
//! queue of those who sleep is not in the lock but in the [parking lot](crate::parking), found by
//! address.

use crate::parking::ParkingLot;
use crate::sync::atomic::{AtomicU8, Ordering::Acquire, Ordering::Relaxed, Ordering::Release};
use crate::sync::thread;

const OPEN: u8 = 0;
const LOCKED: u8 = 1;
/// Somebody sleeps, so giving the lock up means looking into the parking lot.
const HAS_PARKED: u8 = 2;

/// How often a waiter looks again before it sleeps. (A model needs no more than the first.)
const LOOKS: u32 = if cfg!(loom) { 1 } else { 40 };

/// A lock of one byte.
#[derive(Debug, Default)]
pub struct ObjectLock(AtomicU8);

/// Gives the lock up, also when what was done under it has panicked.
struct Held<'a>(&'a ObjectLock, &'a ParkingLot);

impl ObjectLock {
    /// Runs `critical` while no other thread holds this lock. Who holds it and comes here again
    /// waits for itself.
    #[inline]
    pub fn with<R>(&self, critical: impl FnOnce() -> R) -> R {
        self.with_in(crate::parking::shared(), critical)
    }

    /// The same, where all who use this lock sleep in this parking lot.
    #[inline]
    pub fn with_in<R>(&self, parking: &ParkingLot, critical: impl FnOnce() -> R) -> R {
        if self.0.compare_exchange(OPEN, LOCKED, Acquire, Relaxed).is_err() {
            self.wait_for(parking);
        }
        let _held = Held(self, parking);
        critical()
    }

    #[cold]
    fn wait_for(&self, parking: &ParkingLot) {
        let mut looks = 0;
        loop {
            let byte = self.0.load(Relaxed);
            if byte & LOCKED == 0 {
                if self.changed(byte, byte | LOCKED) {
                    return;
                }
            } else if byte & HAS_PARKED == 0 && looks < LOOKS {
                looks += 1;
                thread::yield_now();
            } else if byte & HAS_PARKED != 0 || self.changed(byte, LOCKED | HAS_PARKED) {
                // Once it is in the queue, it won't be forgotten; until then, the lock may have
                // been given up, so this is looked at under the lock of the queue.
                let held = || self.0.load(Relaxed) == LOCKED | HAS_PARKED;
                if parking.park(self.address(), held) {
                    return;
                }
            }
        }
    }

    #[cold]
    fn wake_one(&self, parking: &ParkingLot) {
        parking.unpark(self.address(), |waiter| {
            // Nobody else changes a byte that says locked and has parked: a plain store will do.
            // It is done before the waiter wakes, and before another one can join the queue.
            let own = waiter.is_some_and(|waiter| waiter.is_impatient);
            let more = waiter.is_some_and(|waiter| waiter.has_followers);
            let byte = if own { LOCKED } else { OPEN } | if more { HAS_PARKED } else { OPEN };
            self.0.store(byte, Release);
            own
        });
    }

    fn changed(&self, from: u8, to: u8) -> bool {
        self.0.compare_exchange(from, to, Acquire, Relaxed).is_ok()
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

impl Drop for Held<'_> {
    #[inline]
    fn drop(&mut self) {
        let Held(ObjectLock(byte), parking) = self;
        if byte.compare_exchange(LOCKED, OPEN, Release, Relaxed).is_err() {
            self.0.wake_one(parking);
        }
    }
}
