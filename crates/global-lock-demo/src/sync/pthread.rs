//! A mutex whose waiters sleep at once, and its conditions: as those of the C library on Linux, on
//! which CPython's lock stands.
//!
//! The standard library's mutex looks again a hundred times before a thread sleeps for it. For
//! CPython's lock that makes a difference: who asks the holder to drop it does so with the mutex
//! held; the holder sees that within nanoseconds, wants the mutex too, and finds it taken. Here it
//! falls asleep, and has to be woken before the lock changes hands, which takes some tens of
//! microseconds. Where it spins, it gets the mutex a moment later.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use crate::sync;

/// A value for one thread at a time.
#[derive(Debug, Default)]
pub(crate) struct Mutex<T> {
    slot: sync::Mutex<Slot<T>>,
    back: sync::Condvar,
}

#[derive(Debug, Default)]
struct Slot<T> {
    /// The value is lent: whoever has the guard has it.
    lent: bool,
    /// How many threads sleep until it comes back.
    waiting: usize,
    /// What was put back last.
    value: T,
}

/// The value, until this is dropped.
pub(crate) struct Guard<'a, T: Copy> {
    mutex: &'a Mutex<T>,
    value: T,
}

/// Takes the value, or sleeps until it is there.
pub(crate) fn lock<T: Copy>(mutex: &Mutex<T>) -> Guard<'_, T> {
    let mut slot = sync::lock(&mutex.slot);
    while slot.lent {
        slot.waiting += 1;
        slot = sync::wait(&mutex.back, slot);
        slot.waiting -= 1;
    }
    slot.lent = true;
    Guard { mutex, value: slot.value }
}

impl<T: Copy> Drop for Guard<'_, T> {
    fn drop(&mut self) {
        let mut slot = sync::lock(&self.mutex.slot);
        (slot.lent, slot.value) = (false, self.value);
        let wake = slot.waiting > 0;
        drop(slot);
        if wake {
            self.mutex.back.notify_one();
        }
    }
}

impl<T: Copy> Deref for Guard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Copy> DerefMut for Guard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

/// Where threads wait for something to become true.
#[derive(Debug)]
pub(crate) struct Condvar {
    /// How many do. Who waits has this from before it lets go of the mutex until it sleeps, so that
    /// no signal comes in between.
    asleep: sync::Mutex<usize>,
    signal: sync::Condvar,
}

impl Condvar {
    pub(crate) fn new() -> Condvar {
        Condvar { asleep: sync::Mutex::new(0), signal: sync::Condvar::new() }
    }

    /// Wakes a thread, if one sleeps here.
    pub(crate) fn notify_one(&self) {
        if *sync::lock(&self.asleep) > 0 {
            self.signal.notify_one();
        }
    }

    fn sleep<'a, T: Copy>(
        &self,
        guard: Guard<'a, T>,
        time: Option<Duration>,
    ) -> (Guard<'a, T>, bool) {
        let mutex = guard.mutex;
        let mut asleep = sync::lock(&self.asleep);
        *asleep += 1;
        drop(guard);
        let (mut asleep, timed_out) = match time {
            Some(time) => sync::wait_at_most(&self.signal, &self.asleep, asleep, time),
            None => (sync::wait(&self.signal, asleep), false),
        };
        *asleep -= 1;
        drop(asleep);
        (lock(mutex), timed_out)
    }
}

/// Waits for a signal, or for no reason.
pub(crate) fn wait<'a, T: Copy>(condition: &Condvar, guard: Guard<'a, T>) -> Guard<'a, T> {
    condition.sleep(guard, None).0
}

/// Waits for a signal or until the time is up, and says whether it was the latter.
pub(crate) fn wait_at_most<'a, T: Copy>(
    condition: &Condvar,
    guard: Guard<'a, T>,
    time: Duration,
) -> (Guard<'a, T>, bool) {
    condition.sleep(guard, Some(time))
}
