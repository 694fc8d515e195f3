//! A mutex whose waiters sleep at once, and its conditions: as those of the C library on Linux, on
//! which CPython's lock stands.
//!
//! The standard library's mutex looks again a hundred times before a thread sleeps for it. For
//! CPython's lock that makes a difference: who asks the holder to drop it does so with the mutex
//! held; the holder sees that within nanoseconds, wants the mutex too, and finds it taken. Here it
//! falls asleep, and has to be woken before the lock changes hands, which takes some tens of
//! microseconds. Where it spins, it gets the mutex a moment later.

use std::mem;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use crate::sync;
use crate::sync::atomic::{AtomicUsize, Ordering::Relaxed};

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
    /// What was put back last, or shown with a signal.
    value: T,
}

type Open<'a, T> = sync::MutexGuard<'a, Slot<T>>;

/// The value, until this is dropped.
pub(crate) struct Guard<'a, T: Copy> {
    mutex: &'a Mutex<T>,
    value: T,
}

/// Takes the value, or sleeps until it is there.
pub(crate) fn lock<T: Copy>(mutex: &Mutex<T>) -> Guard<'_, T> {
    mutex.lend(sync::lock(&mutex.slot))
}

impl<T: Copy> Mutex<T> {
    fn lend<'a>(&'a self, mut slot: Open<'a, T>) -> Guard<'a, T> {
        while slot.lent {
            slot.waiting += 1;
            slot = sync::wait(&self.back, slot);
            slot.waiting -= 1;
        }
        slot.lent = true;
        Guard { mutex: self, value: slot.value }
    }
}

impl<'a, T: Copy> Guard<'a, T> {
    fn put_back(&self) -> Open<'a, T> {
        let mut slot = sync::lock(&self.mutex.slot);
        (slot.lent, slot.value) = (false, self.value);
        if slot.waiting > 0 {
            self.mutex.back.notify_one();
        }
        slot
    }

    /// Puts the value back, and leaves the slot open until the thread sleeps, so that no signal
    /// comes in between.
    fn open(self) -> (&'a Mutex<T>, Open<'a, T>) {
        let (mutex, slot) = (self.mutex, self.put_back());
        mem::forget(self);
        (mutex, slot)
    }
}

impl<T: Copy> Drop for Guard<'_, T> {
    fn drop(&mut self) {
        drop(self.put_back());
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

/// Where threads wait for something to become true of a value.
#[derive(Debug)]
pub(crate) struct Condvar {
    signal: sync::Condvar,
    /// How many do. Changed and read only with the value's slot open, so
    /// `Relaxed` will do.
    asleep: AtomicUsize,
}

impl Condvar {
    pub(crate) fn new() -> Condvar {
        Condvar { signal: sync::Condvar::new(), asleep: AtomicUsize::new(0) }
    }

    /// Wakes a thread, if one sleeps here, and shows the value as it is now to all who look.
    pub(crate) fn notify_one<T: Copy>(&self, guard: &Guard<'_, T>) {
        let mut slot = sync::lock(&guard.mutex.slot);
        slot.value = guard.value;
        if self.asleep.load(Relaxed) > 0 {
            self.signal.notify_one();
        }
    }
}

/// Waits for a signal, or for no reason.
pub(crate) fn wait<'a, T: Copy>(condition: &Condvar, guard: Guard<'a, T>) -> Guard<'a, T> {
    let (mutex, slot) = guard.open();
    condition.asleep.fetch_add(1, Relaxed);
    let slot = sync::wait(&condition.signal, slot);
    condition.asleep.fetch_sub(1, Relaxed);
    mutex.lend(slot)
}

/// Waits for a signal or until the time is up, and says whether it was the latter. A thread whose
/// time is up looks at the value without taking it. Where it has no use for it (`idle`), it sleeps
/// for as long again. The C library takes the mutex for that look, which is as cheap there. Here it
/// would have to be lent the value, and of a thousand threads that wake up for nothing each would
/// keep it from another.
pub(crate) fn wait_at_most<'a, T: Copy>(
    condition: &Condvar,
    guard: Guard<'a, T>,
    time: impl Fn() -> Duration,
    mut idle: impl FnMut(&T) -> bool,
) -> (Guard<'a, T>, bool) {
    let (mutex, mut slot) = guard.open();
    condition.asleep.fetch_add(1, Relaxed);
    let timed_out = loop {
        let timed_out;
        (slot, timed_out) = sync::wait_at_most(&condition.signal, &mutex.slot, slot, time());
        if !timed_out || !idle(&slot.value) {
            break timed_out;
        }
    };
    condition.asleep.fetch_sub(1, Relaxed);
    (mutex.lend(slot), timed_out)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    /// When to give up; by then something other than a busy machine is wrong.
    const AT_MOST: Duration = Duration::from_secs(60);

    #[test]
    fn who_has_no_use_for_the_value_looks_while_another_has_it_and_is_shown_it_with_a_signal() {
        let (mutex, changed) = (Mutex::<u32>::default(), Condvar::new());
        let (look, looks) = mpsc::channel();
        thread::scope(|scope| {
            // Dropped by a failure, so that the other ends too.
            let looks = looks;
            scope.spawn(|| {
                let look = look;
                let idle = |now: &u32| look.send(*now).is_ok() && *now == 0;
                let mut value = lock(&mutex);
                while *value == 0 && look.send(0).is_ok() {
                    value = wait_at_most(&changed, value, || Duration::from_millis(1), idle).0;
                }
                *value += 1;
            });
            let seen = || looks.recv_timeout(AT_MOST);
            assert_eq!(seen(), Ok(0), "it is about to wait");
            let mut value = lock(&mutex);
            // From before.
            looks.try_iter().for_each(drop);
            assert_eq!([seen(), seen()], [Ok(0); 2], "it looks though the value is taken");
            *value = 1;
            // A signal that wakes nobody: so it is a thread whose time is up that sees what was shown.
            Condvar::new().notify_one(&value);
            let shown = (0..1_000).any(|_| seen() == Ok(1));
            assert!(shown, "a signal shows the value while it is still taken");
        });
        assert_eq!(*lock(&mutex), 2);
    }
}
