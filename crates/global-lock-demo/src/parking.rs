//! Where threads sleep that wait for a lock too small to have a queue (`Python/parking_lot.c`; the
//! idea is Linux' futex, the name WebKit's).
//!
//! ```text
//!   address % 257 ──► bucket ──► waiter, waiter, waiter …   for this address and some others
//! ```
//!
//! A bucket's mutex makes two things one step each: "look whether it is still so, and queue up",
//! and "take the first out of the queue, and change the lock". So nobody goes to sleep after the
//! last one who could have woken it has gone.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::sync::atomic::{AtomicU8, Ordering::Acquire, Ordering::Release};
use crate::sync::thread::{self, Thread};
use crate::sync::{Arc, Mutex, lock};

/// How long a waiter bears it that others, who come later, take the lock first.
pub const PATIENCE: Duration = Duration::from_millis(1);

/// A prime, so that addresses that are far apart by a power of two don't meet.
const BUCKETS: usize = if cfg!(loom) { 1 } else { 257 };

/// Threads that sleep, each at an address.
#[derive(Debug)]
pub struct ParkingLot {
    buckets: [Mutex<VecDeque<Parked>>; BUCKETS],
    patience: Duration,
}

#[derive(Debug)]
struct Parked {
    address: usize,
    since: Instant,
    seat: Arc<Seat>,
}

#[derive(Debug)]
struct Seat {
    thread: Thread,
    /// What the waker has said.
    word: AtomicU8,
}

const SLEEP: u8 = 0;
const LOOK_AGAIN: u8 = 1;
const IT_IS_YOURS: u8 = 2;

/// Who is about to be woken.
#[derive(Debug, Clone, Copy)]
pub struct Waiter {
    /// It has slept for longer than the parking lot's patience.
    pub is_impatient: bool,
    /// Others sleep at the same address.
    pub has_followers: bool,
}

impl ParkingLot {
    /// An empty one. `patience` is how long a waiter sleeps before it is
    /// [impatient](Waiter::is_impatient).
    #[cfg(not(loom))]
    #[must_use]
    pub const fn new(patience: Duration) -> ParkingLot {
        ParkingLot { buckets: [const { Mutex::new(VecDeque::new()) }; BUCKETS], patience }
    }

    /// An empty one: a model's.
    #[cfg(loom)]
    #[must_use]
    pub fn new(patience: Duration) -> ParkingLot {
        ParkingLot { buckets: std::array::from_fn(|_| Mutex::default()), patience }
    }

    fn bucket(&self, address: usize) -> &Mutex<VecDeque<Parked>> {
        &self.buckets[address % self.buckets.len()]
    }

    /// Sleeps until it is this thread's turn at that address, unless it turns out that there is
    /// nothing to wait for `still`. `true` if the waker has passed on what was waited for.
    pub fn park(&self, address: usize, still: impl FnOnce() -> bool) -> bool {
        let seat = Arc::new(Seat { thread: thread::current(), word: AtomicU8::new(SLEEP) });
        let mut bucket = lock(self.bucket(address));
        if !still() {
            return false;
        }
        bucket.push_back(Parked { address, since: Instant::now(), seat: Arc::clone(&seat) });
        drop(bucket);
        loop {
            match seat.word.load(Acquire) {
                // Also returns for no reason.
                SLEEP => thread::park(),
                word => return word == IT_IS_YOURS,
            }
        }
    }

    /// Wakes the thread that has slept longest at that address. `pass` learns who that is, if there
    /// is one, while nobody can come or go, and says whether it gets what it waited for.
    pub fn unpark(&self, address: usize, pass: impl FnOnce(Option<Waiter>) -> bool) {
        let mut bucket = lock(self.bucket(address));
        let mut there = (0..bucket.len()).filter(|at| bucket[*at].address == address);
        let (first, followers) = (there.next(), there.next().is_some());
        let parked = first.and_then(|at| bucket.remove(at));
        let waiter = parked.as_ref().map(|parked| Waiter {
            is_impatient: parked.since.elapsed() >= self.patience,
            has_followers: followers,
        });
        let word = if pass(waiter) { IT_IS_YOURS } else { LOOK_AGAIN };
        drop(bucket);
        if let Some(Parked { seat, .. }) = parked {
            seat.word.store(word, Release);
            seat.thread.unpark();
        }
    }
}

/// The one of the whole process.
#[cfg(not(loom))]
#[inline]
pub(crate) fn shared() -> &'static ParkingLot {
    static SHARED: ParkingLot = ParkingLot::new(PATIENCE);
    &SHARED
}

/// The one of the whole model.
#[cfg(loom)]
pub(crate) fn shared() -> &'static ParkingLot {
    loom::lazy_static! {
        static ref SHARED: ParkingLot = ParkingLot::new(PATIENCE);
    }
    &SHARED
}
