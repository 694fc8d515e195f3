//! The primitives that threads meet at: the standard library's, or loom's when a model is being
//! checked (`--cfg loom`), which runs every interleaving there can be.

#[cfg(loom)]
pub(crate) use loom::{
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread,
};
#[cfg(not(loom))]
pub(crate) use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread,
};

use std::sync::PoisonError;

/// Locks, also when a thread has panicked while it held the lock: for states that are whole
/// between any two statements.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
