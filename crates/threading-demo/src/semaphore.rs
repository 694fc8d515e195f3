//! A counting semaphore: a mutex that lets in more than one (Dijkstra, 1965; the two operations
//! were P and V). The standard library has none, because it is these few lines.

use crate::sync::{Condvar, Mutex, lock, wait};

/// So many permits, and a place to wait for one.
pub struct Semaphore {
    free: Mutex<usize>,
    released: Condvar,
}

/// One permit. Dropped, it goes back.
#[must_use = "a permit that is dropped at once permits nothing"]
pub struct Permit<'a>(&'a Semaphore);

impl Semaphore {
    /// A semaphore with so many permits.
    #[must_use]
    pub fn new(permits: usize) -> Semaphore {
        Semaphore { free: Mutex::new(permits), released: Condvar::new() }
    }

    /// Waits for a permit and takes it.
    pub fn acquire(&self) -> Permit<'_> {
        let mut free = lock(&self.free);
        // A loop: between the signal and this thread's waking up, another one may have come by
        // and taken the permit.
        while *free == 0 {
            free = wait(&self.released, free);
        }
        *free -= 1;
        Permit(self)
    }

    /// Takes a permit if there is one now.
    pub fn try_acquire(&self) -> Option<Permit<'_>> {
        let mut free = lock(&self.free);
        *free = free.checked_sub(1)?;
        Some(Permit(self))
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *lock(&self.0.free) += 1;
        // One permit, one signal. Nobody is forgotten: whoever waits sees the count under the
        // same lock under which it is changed.
        self.0.released.notify_one();
    }
}
