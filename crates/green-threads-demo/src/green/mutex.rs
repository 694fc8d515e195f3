//! A lock for green threads. They never run at the same instant; but one that waits in the midst of
//! a change lets others see half of it.

use std::cell::{Cell, UnsafeCell};
use std::ops::{Deref, DerefMut};

use super::here;
use super::waiting::Line;

/// As [`std::sync::Mutex`], for the green threads of one thread of the operating system.
#[derive(Default)]
pub struct Mutex<T> {
    locked: Cell<bool>,
    line: Line,
    value: UnsafeCell<T>,
}

/// The lock is held for as long as this lives.
pub struct MutexGuard<'a, T>(&'a Mutex<T>);

impl<T> Mutex<T> {
    /// A lock around this value.
    pub fn new(value: T) -> Mutex<T> {
        Mutex { locked: Cell::new(false), line: Line::default(), value: UnsafeCell::new(value) }
    }

    /// Waits until nobody holds the lock, and holds it.
    pub fn lock(&self) -> MutexGuard<'_, T> {
        if self.locked.replace(true) {
            here::need_room();
            self.line.wait(|| self.unlock());
        }
        MutexGuard(self)
    }

    /// It isn't set free but handed on: else whoever unlocks and at once locks again would have it
    /// for ever, since nobody else runs in between.
    fn unlock(&self) {
        if self.line.is_empty() {
            self.locked.set(false);
        } else {
            here::need_room();
            self.line.wake_one();
        }
    }

    /// Holds the lock, if nobody does now.
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        (!self.locked.replace(true)).then_some(MutexGuard(self))
    }

    /// The value; nobody else knows of the lock any more.
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: there is one guard at a time, and this borrows it. The lock is not `Sync`: all that
        // know of it are on one thread of the operating system.
        unsafe { &*self.0.value.get() }
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above, and this borrows the guard for itself alone.
        unsafe { &mut *self.0.value.get() }
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        self.0.unlock();
    }
}
