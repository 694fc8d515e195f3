//! A mutex that refuses to deadlock, by means of a wait-for graph.
//!
//! A deadlock is a circle: each thread waits for a lock that the next one holds. So write down
//! who holds what and who waits for what, and before a thread waits, follow the arrows:
//!
//! ```text
//!   philosopher 1 ── waits for ──► fork 2 ── held by ──► philosopher 2
//!         ▲                                                    │
//!         └───── held by ── fork 1 ◄── waits for ──────────────┘
//! ```
//!
//! If they lead back to the thread itself, it would wait for ever, and is told so instead. All
//! arrows are under one mutex, so one of the threads is the last to ask, and that one is
//! refused: no circle is ever closed. Databases do this for the locks of transactions
//! (`PostgreSQL` once a wait has lasted for `deadlock_timeout`, one second unless set).
//!
//! The price is that one mutex: every lock and every unlock goes through it.
//!
//! ```
//! let fork = threading_demo::watched::Watch::default().mutex("fork", 0);
//! let _held = fork.lock().unwrap();
//! // The smallest circle: to wait for oneself.
//! assert!(fork.lock().is_err());
//! ```

mod graph;

use std::ops::{Deref, DerefMut};
use std::sync::TryLockError;

pub use graph::Deadlock;
use graph::{Entry, Graph};

use crate::sync::{Arc, Condvar, Mutex, MutexGuard, lock, thread, wait};

/// Watches locks that are used together. Clones watch the same locks.
#[derive(Clone, Default)]
pub struct Watch(Arc<Mutex<Graph>>);

/// A mutex under a [`Watch`].
pub struct Watched<T> {
    watch: Watch,
    /// Which of the graph's locks it is.
    number: usize,
    /// Signalled, with the mutex of the watch, when this lock is free.
    freed: Condvar,
    /// Locked only by the holder that the graph names, so nobody ever has to wait for it.
    data: Mutex<T>,
}

/// The right to use what is in a [`Watched`], until it is dropped. Fields are dropped in order:
/// the data is let go before the graph says so.
pub struct Guard<'a, T> {
    data: MutexGuard<'a, T>,
    _held: Held<'a, T>,
}

struct Held<'a, T>(&'a Watched<T>);

impl Watch {
    /// A mutex under this watch.
    pub fn mutex<T>(&self, name: impl Into<String>, data: T) -> Watched<T> {
        let mut graph = lock(&self.0);
        graph.locks.push(Entry { name: name.into(), holder: None });
        let number = graph.locks.len() - 1;
        Watched { watch: self.clone(), number, freed: Condvar::new(), data: Mutex::new(data) }
    }
}

impl<T> Watched<T> {
    /// Waits until the lock is free, and takes it; also when a thread panicked while it had it.
    ///
    /// # Errors
    /// If the wait would never end. The thread still holds what it held: to let the others
    /// through, it has to give that up.
    pub fn lock(&self) -> Result<Guard<'_, T>, Deadlock> {
        let me = thread::current();
        let mut graph = lock(&self.watch.0);
        while graph.locks[self.number].holder.is_some() {
            graph.wait(&me, self.number)?;
            graph = wait(&self.freed, graph);
            graph.awake(&me);
        }
        graph.locks[self.number].holder = Some(me);
        drop(graph);
        let data = match self.data.try_lock() {
            Ok(data) => data,
            Err(TryLockError::Poisoned(data)) => data.into_inner(),
            Err(TryLockError::WouldBlock) => unreachable!("the graph names one holder"),
        };
        Ok(Guard { data, _held: Held(self) })
    }
}

impl<T> Drop for Held<'_, T> {
    fn drop(&mut self) {
        lock(&self.0.watch.0).locks[self.0.number].holder = None;
        self.0.freed.notify_one();
    }
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.data
    }
}

impl<T> DerefMut for Guard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.data
    }
}
