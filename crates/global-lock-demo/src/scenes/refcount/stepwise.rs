//! The counts, changed step by step: what each may have another thread do in between.

use std::sync::atomic::{AtomicBool, Ordering::Acquire, Ordering::Release};

use crate::count::{Atomic, Biased, Count, Plain, Released};

use super::cued::{Change, Deed};

/// A count that is changed step by step.
pub trait Stepwise: Sync {
    /// Takes the next step of a change; `read` is what the thread has read for it.
    fn step(&self, me: u32, change: Change, read: &mut Option<i64>) -> Deed;
}

impl Stepwise for Plain {
    fn step(&self, _me: u32, change: Change, read: &mut Option<i64>) -> Deed {
        match read.take() {
            None => Deed::Read(*read.insert(self.read())),
            Some(value) => {
                let references = value + change.by();
                self.write(references);
                Deed::Wrote(references)
            }
        }
    }
}

/// A plain count under a lock, which is held from the first step to the last.
#[derive(Debug, Default)]
pub struct Locked {
    taken: AtomicBool,
    count: Plain,
}

/// Before and after the steps there is one thread, and nothing to lock.
impl Count for Locked {
    fn start(&self, me: u32) {
        self.count.start(me);
    }

    fn retain(&self, me: u32) {
        self.count.retain(me);
    }

    fn release(&self, me: u32) -> Released {
        self.count.release(me)
    }

    fn references(&self) -> i64 {
        self.count.references()
    }
}

impl Stepwise for Locked {
    fn step(&self, me: u32, change: Change, read: &mut Option<i64>) -> Deed {
        if read.is_none() && self.taken.swap(true, Acquire) {
            return Deed::Waited;
        }
        let deed = self.count.step(me, change, read);
        if read.is_none() {
            self.taken.store(false, Release);
        }
        deed
    }
}

impl Stepwise for Atomic {
    fn step(&self, me: u32, change: Change, _read: &mut Option<i64>) -> Deed {
        at_once(self, me, change)
    }
}

/// Its owner, too, reads and writes: but a word that nobody else writes.
impl Stepwise for Biased {
    fn step(&self, me: u32, change: Change, _read: &mut Option<i64>) -> Deed {
        at_once(self, me, change)
    }
}

fn at_once<C: Count>(count: &C, me: u32, change: Change) -> Deed {
    match change {
        Change::Retain => count.retain(me),
        Change::Release => {
            let released = count.release(me);
            assert_eq!(released, Released::Kept, "there is a third reference");
        }
    }
    Deed::Changed(count.references())
}
