//! Where a thread finds the objects whose counts it is to merge (`Python/brc.c` of CPython 3.13).
//!
//! A mailbox that is open has a thread that will empty it. Closing it and finding it empty is one
//! step, so what was accepted is always merged by its owner, and what was not has no owner that
//! could still count: two threads never merge at once, and none merges what another counts.

use std::collections::HashMap;

use crate::sync::atomic::{AtomicBool, Ordering::Relaxed};
use crate::sync::{Arc, Mutex, lock};
use crate::thread::ThreadState;

/// A mailbox for each thread, by its number.
#[derive(Debug)]
pub struct Mailboxes<T>(Mutex<HashMap<u32, Mailbox<T>>>);

#[derive(Debug)]
enum Mailbox<T> {
    Open {
        objects: Vec<T>,
        /// The thread's own: so it need not come here to see that there is something.
        flag: Arc<AtomicBool>,
    },
    /// Its thread has ended. The entry remains, so that no other thread gets the number and, with
    /// it, the objects.
    Closed,
}

impl<T> Default for Mailboxes<T> {
    fn default() -> Mailboxes<T> {
        Mailboxes(Mutex::new(HashMap::new()))
    }
}

impl<T> Mailboxes<T> {
    /// Opens a thread's mailbox: before it makes its first object.
    ///
    /// # Panics
    /// If there is, or was, a thread of that number.
    pub fn open(&self, me: &ThreadState) {
        let mailbox = Mailbox::Open { objects: Vec::new(), flag: Arc::clone(&me.breaker) };
        let before = lock(&self.0).insert(me.id, mailbox);
        assert!(before.is_none(), "two threads of number {}", me.id);
    }

    /// Puts an object in its owner's mailbox; `false` if that isn't open (any more).
    #[must_use]
    pub fn send(&self, owner: u32, object: T) -> bool {
        match lock(&self.0).get_mut(&owner) {
            Some(Mailbox::Open { objects, flag }) => {
                objects.push(object);
                flag.store(true, Relaxed);
                true
            }
            Some(Mailbox::Closed) | None => false,
        }
    }

    /// What is in this thread's mailbox, which is then empty. One load of a flag if nothing is.
    #[inline]
    pub fn take(&self, me: &ThreadState) -> Option<Vec<T>> {
        // A flag that was just set may be seen a little later; it is not lost.
        if me.breaker.load(Relaxed) { Some(self.empty(me, false)) } else { None }
    }

    /// Closes this thread's mailbox if it is empty; what is in it otherwise. As long as there is
    /// something, the thread goes on: it merges that, which may drop references to other objects
    /// that are its own, and comes back. Once there is nothing, it may no longer count at all.
    #[must_use]
    pub fn close(&self, me: &ThreadState) -> Vec<T> {
        self.empty(me, true)
    }

    #[cold]
    fn empty(&self, me: &ThreadState, close: bool) -> Vec<T> {
        let mut mailboxes = lock(&self.0);
        let Some(Mailbox::Open { objects, flag }) = mailboxes.get_mut(&me.id) else {
            return Vec::new();
        };
        flag.store(false, Relaxed);
        let objects = std::mem::take(objects);
        if close && objects.is_empty() {
            mailboxes.insert(me.id, Mailbox::Closed);
        }
        objects
    }
}
