//! Four locks, used in one way.

use std::sync::PoisonError;

/// A lock around a value.
pub trait Lock<T>: Sync {
    /// A lock that nobody holds.
    fn new(value: T) -> Self;

    /// Locks, lets `body` use the value, unlocks.
    fn with<R>(&self, body: impl FnOnce(&mut T) -> R) -> R;

    /// The value, when nobody locks any more.
    fn into_inner(self) -> T;
}

impl<T: Send> Lock<T> for std::sync::Mutex<T> {
    fn new(value: T) -> Self {
        std::sync::Mutex::new(value)
    }

    fn with<R>(&self, body: impl FnOnce(&mut T) -> R) -> R {
        body(&mut self.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn into_inner(self) -> T {
        self.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Send> Lock<T> for parking_lot::Mutex<T> {
    fn new(value: T) -> Self {
        parking_lot::Mutex::new(value)
    }

    fn with<R>(&self, body: impl FnOnce(&mut T) -> R) -> R {
        body(&mut self.lock())
    }

    fn into_inner(self) -> T {
        self.into_inner()
    }
}

/// The same lock, but whoever unlocks it hands it over to a thread that sleeps for it.
pub struct UnlockFair<T>(parking_lot::Mutex<T>);

impl<T: Send> Lock<T> for UnlockFair<T> {
    fn new(value: T) -> Self {
        UnlockFair(parking_lot::Mutex::new(value))
    }

    fn with<R>(&self, body: impl FnOnce(&mut T) -> R) -> R {
        let mut guard = self.0.lock();
        let result = body(&mut guard);
        parking_lot::MutexGuard::unlock_fair(guard);
        result
    }

    fn into_inner(self) -> T {
        self.0.into_inner()
    }
}

/// Hands over at every unlock, without being told to.
impl<T: Send> Lock<T> for parking_lot::FairMutex<T> {
    fn new(value: T) -> Self {
        parking_lot::FairMutex::new(value)
    }

    fn with<R>(&self, body: impl FnOnce(&mut T) -> R) -> R {
        body(&mut self.lock())
    }

    fn into_inner(self) -> T {
        self.into_inner()
    }
}
