//! How a server is told to end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A request to stop, made once and seen by all who hold a clone.
///
/// A flag alone would not do: who is asleep in a system call does not look at flags. So each
/// server leaves with [`Stop::wake_by`] what must be done to wake it, in its own way.
///
/// A waker is called once and then kept for as long as anyone holds the stop. An eventfd, say,
/// that is written and closed wakes nobody: the close takes the news back before the sleeper has
/// got up to read it.
#[derive(Clone, Default)]
pub struct Stop {
    state: Arc<State>,
}

type Waker = Box<dyn FnMut() + Send>;

#[derive(Default)]
struct State {
    stopped: AtomicBool,
    waiting: Mutex<Vec<Waker>>,
    /// Those that have been called.
    called: Mutex<Vec<Waker>>,
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
        let wakers = std::mem::take(&mut *lock(&self.state.waiting));
        wakers.into_iter().for_each(|waker| self.call(waker));
    }

    /// Whether somebody has asked to stop.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.state.stopped.load(Ordering::SeqCst)
    }

    /// Leaves word how to wake a sleeper; done at once if the stop has already been asked for.
    pub fn wake_by(&self, wake: impl FnMut() + Send + 'static) {
        let mut waiting = lock(&self.state.waiting);
        // Read under the lock that `stop` takes after it has set the flag: either `stop` will
        // find this waker in the list, or the flag is seen here. No wake-up is lost between.
        if self.is_stopped() {
            drop(waiting);
            self.call(Box::new(wake));
        } else {
            waiting.push(Box::new(wake));
        }
    }

    fn call(&self, mut waker: Waker) {
        waker();
        lock(&self.state.called).push(waker);
    }
}

fn lock(wakers: &Mutex<Vec<Waker>>) -> MutexGuard<'_, Vec<Waker>> {
    wakers.lock().unwrap_or_else(PoisonError::into_inner)
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
        assert_eq!(wakes.try_iter().collect::<Vec<_>>(), ["before", "after"]);
    }

    #[test]
    fn a_waker_lives_as_long_as_the_stop() {
        let held = Arc::new(());
        let stop = Stop::new();
        for _ in 0..2 {
            let held = Arc::clone(&held);
            stop.wake_by(move || assert!(Arc::strong_count(&held) > 1));
            stop.stop();
        }
        assert_eq!(Arc::strong_count(&held), 3);
        drop(stop);
        assert_eq!(Arc::strong_count(&held), 1);
    }
}
