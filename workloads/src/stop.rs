//! How a server is told to end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A request to stop, made once and seen by all who hold a clone.
///
/// A flag alone would not do: who is asleep in a system call does not look at flags. So each
/// server leaves with [`Stop::wake_by`] what must be done to wake it, in its own way.
#[derive(Clone, Default)]
pub struct Stop {
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    stopped: AtomicBool,
    wakers: Mutex<Vec<Box<dyn FnOnce() + Send>>>,
}

impl Stop {
    /// Nothing to stop yet.
    #[must_use]
    pub fn new() -> Stop {
        Stop::default()
    }

    /// Asks to stop, and wakes whoever has left word how.
    pub fn stop(&self) {
        self.state.stopped.store(true, Ordering::SeqCst);
        let wakers = std::mem::take(&mut *self.lock());
        wakers.into_iter().for_each(|wake| wake());
    }

    /// Whether somebody has asked to stop.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.state.stopped.load(Ordering::SeqCst)
    }

    /// Leaves word how to wake a sleeper; done at once if the stop has already been asked for.
    pub fn wake_by(&self, wake: impl FnOnce() + Send + 'static) {
        let mut wakers = self.lock();
        // Read under the lock that `stop` takes after it has set the flag: either `stop` will
        // find this waker in the list, or the flag is seen here. No wake-up is lost between.
        if self.is_stopped() {
            drop(wakers);
            wake();
        } else {
            wakers.push(Box::new(wake));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Box<dyn FnOnce() + Send>>> {
        self.state.wakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn a_sleeper_is_woken_once_whether_it_comes_before_or_after() {
        let (woken, wakes) = channel();
        let stop = Stop::new();
        let before = woken.clone();
        stop.wake_by(move || before.send("before").unwrap());
        assert!(!stop.is_stopped() && wakes.try_recv().is_err());
        stop.stop();
        stop.wake_by(move || woken.send("after").unwrap());
        stop.stop();
        assert!(stop.is_stopped());
        assert_eq!(wakes.iter().collect::<Vec<_>>(), ["before", "after"]);
    }
}
