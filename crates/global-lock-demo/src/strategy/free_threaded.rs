//! No lock for the whole: biased counts and a lock an object (PEP 703, by Sam Gross).
//!
//! Left out: memory that is given back only when no reader can still look at it (QSBR; here an
//! object's place remains a place for objects), stopping all threads (which is what the collector
//! needs), counts that are deferred or split by thread, for functions and modules that all threads
//! use (here such things are immortal), and critical sections that are suspended when their thread
//! blocks (here nothing blocks while it holds an object's lock).

pub mod mailboxes;

use crate::count::Biased;
use crate::object_lock::ObjectLock;
use crate::thread::ThreadState;
use crate::vm::value::Value;

use super::{Reads, Strategy};
use mailboxes::Mailboxes;

/// Everybody runs; who changes an object locks it, who reads it doesn't.
#[derive(Debug, Default)]
pub struct FreeThreaded {
    mailboxes: Mailboxes<Value>,
}

impl Strategy for FreeThreaded {
    const NAME: &'static str = "free-threaded";
    const READS: Reads = Reads::Optimistic;
    type Count = Biased;

    fn attach(&self, me: &mut ThreadState) {
        self.mailboxes.open(me);
    }

    fn detach(&self, me: &mut ThreadState) -> Vec<Value> {
        self.mailboxes.close(me)
    }

    #[inline]
    fn locked<R>(&self, lock: &ObjectLock, critical: impl FnOnce() -> R) -> R {
        lock.with(critical)
    }

    fn hand_over(&self, owner: u32, object: Value) -> bool {
        self.mailboxes.send(owner, object)
    }

    #[inline]
    fn handed(&self, me: &ThreadState) -> Option<Vec<Value>> {
        self.mailboxes.take(me)
    }
}
