//! What threads of a program wait for: each other's ends, and locks of the program's own.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// How long a wait goes on before it is looked whether the whole run was stopped.
pub const LOOK: Duration = Duration::from_millis(50);

/// `threading.Lock`: the program's lock, which has nothing to do with the interpreter's.
#[derive(Debug, Default)]
pub struct Latch {
    locked: Mutex<bool>,
    free: Condvar,
}

impl Latch {
    /// Takes the lock, unless `stopped` becomes true before.
    #[must_use]
    pub fn acquire(&self, stopped: impl Fn() -> bool) -> bool {
        let mut locked = self.locked.lock().unwrap_or_else(PoisonError::into_inner);
        while *locked {
            if stopped() {
                return false;
            }
            locked = self.free.wait_timeout(locked, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
        *locked = true;
        true
    }

    /// Takes the lock if it is free.
    #[must_use]
    pub fn try_acquire(&self) -> bool {
        let mut locked = self.locked.lock().unwrap_or_else(PoisonError::into_inner);
        !std::mem::replace(&mut *locked, true)
    }

    /// Frees the lock: `false` if it was free.
    #[must_use]
    pub fn release(&self) -> bool {
        let was = {
            let mut locked = self.locked.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *locked, false)
        };
        self.free.notify_one();
        was
    }
}

/// A thread of the program: how far it is.
#[derive(Debug, Default)]
pub struct Task {
    stage: Mutex<Stage>,
    over: Condvar,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    #[default]
    New,
    Started,
    Over,
}

impl Task {
    /// It is to be started: `false` if it was before.
    #[must_use]
    pub fn start(&self) -> bool {
        let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        let new = *stage == Stage::New;
        if new {
            *stage = Stage::Started;
        }
        new
    }

    /// It is over when what this returns is dropped.
    #[must_use]
    pub fn ends_with_this(self: &Arc<Task>) -> Ending {
        Ending(Arc::clone(self))
    }

    /// Whether it was ever started.
    #[must_use]
    pub fn started(&self) -> bool {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) != Stage::New
    }

    /// Waits until it is over, or until `stopped`.
    #[must_use]
    pub fn join(&self, stopped: impl Fn() -> bool) -> bool {
        let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        while *stage != Stage::Over {
            if stopped() {
                return false;
            }
            stage = self.over.wait_timeout(stage, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

/// The rest of a thread's life.
#[derive(Debug)]
pub struct Ending(Arc<Task>);

impl Drop for Ending {
    fn drop(&mut self) {
        *self.0.stage.lock().unwrap_or_else(PoisonError::into_inner) = Stage::Over;
        self.0.over.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_is_over_remains_so_when_it_is_started_again() {
        let task = Arc::new(Task::default());
        assert!(!task.started() && task.start() && task.started());
        drop(task.ends_with_this());
        assert!(!task.start());
        assert!(task.join(|| true), "it is not waited for");
    }
}
