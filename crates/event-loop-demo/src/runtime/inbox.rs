//! Wakes that come from other threads.
//!
//! ```text
//!   other threads ──put──▶ [ keys ] ──take──▶ the runtime's thread
//!                     │ the first rings       ▲
//!                     └────── bell ──▶ poller ┘ hears it, also if it was rung before it slept
//! ```

use super::poller::Bell;
use super::slab::Key;
use crate::sync::{Mutex, lock};

/// How many keys may lie here before doubles are looked for.
const MANY: usize = 1024;

/// The tasks that other threads have woken, until the runtime looks.
pub struct Inbox<B = Bell> {
    keys: Mutex<Keys>,
    bell: B,
}

struct Keys {
    list: Vec<Key>,
    /// From how many on doubles are looked for.
    many: usize,
}

/// What makes the runtime's thread look into its inbox.
pub trait Ring {
    /// Wakes the runtime's thread, or keeps it from falling asleep.
    fn ring(&self);
}

impl<B: Ring> Inbox<B> {
    /// An empty inbox, with the bell of the runtime that looks into it.
    pub fn new(bell: B) -> Inbox<B> {
        Inbox { keys: Mutex::new(Keys { list: Vec::new(), many: MANY }), bell }
    }

    /// Wakes a task, from any thread.
    pub fn put(&self, key: Key) {
        let mut keys = lock(&self.keys);
        keys.list.push(key);
        let first = keys.list.len() == 1;
        if keys.list.len() > keys.many {
            keys.thin_out();
        }
        drop(keys);
        // Whoever comes second finds a bell that was rung and not yet answered: `take` empties the
        // whole inbox, and comes after the bell was heard.
        if first {
            self.bell.ring();
        }
    }

    /// All that were woken since the last look.
    pub fn take(&self) -> Vec<Key> {
        std::mem::take(&mut lock(&self.keys).list)
    }
}

impl Keys {
    /// Keeps one of each. A runtime that is busy for long may be woken for the same task any number
    /// of times: so the inbox holds at most twice as many keys as there are tasks.
    fn thin_out(&mut self) {
        self.list.sort_unstable_by_key(|key| (key.index, key.generation));
        self.list.dedup();
        self.many = MANY.max(2 * self.list.len());
    }
}
