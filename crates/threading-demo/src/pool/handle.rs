//! A result that will be there later.

use std::thread;

use crate::sync::{Arc, Condvar, Mutex, lock, wait};

/// Where the result of a spawned job will be.
pub struct Handle<T>(Arc<Slot<T>>);

/// The other end: it must be kept.
pub(super) struct Promise<T>(Arc<Slot<T>>);

struct Slot<T> {
    result: Mutex<Option<thread::Result<T>>>,
    kept: Condvar,
}

pub(super) fn pair<T>() -> (Promise<T>, Handle<T>) {
    let slot = Arc::new(Slot { result: Mutex::new(None), kept: Condvar::new() });
    (Promise(Arc::clone(&slot)), Handle(slot))
}

impl<T> Promise<T> {
    pub(super) fn keep(self, result: thread::Result<T>) {
        *lock(&self.0.result) = Some(result);
        self.0.kept.notify_one();
    }
}

impl<T> Handle<T> {
    /// Waits for the job and returns its result.
    ///
    /// # Errors
    /// What the job panicked with, as from [`std::thread::JoinHandle::join`].
    pub fn join(self) -> thread::Result<T> {
        let mut result = lock(&self.0.result);
        loop {
            match result.take() {
                Some(result) => return result,
                None => result = wait(&self.0.kept, result),
            }
        }
    }
}
