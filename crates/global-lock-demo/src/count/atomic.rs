//! A count that every thread may change at any time.

use crate::sync::atomic::{AtomicI64, Ordering::AcqRel, Ordering::Acquire};
use crate::sync::atomic::{Ordering::Relaxed, Ordering::Release};

use super::{Count, Released};

/// A count in one atomic word. The core must have the word's cache line to itself for each
/// operation, so an object that all threads use is slow for all of them.
#[derive(Debug, Default)]
pub struct Atomic(AtomicI64);

impl Count for Atomic {
    // Released for the sake of who counts this object while looking for the one that was here
    // before: whoever sees the new count sees, too, that the old reference is no more.
    fn start(&self, _me: u32) {
        self.0.store(1, Release);
    }

    #[inline]
    fn retain(&self, _me: u32) {
        self.0.fetch_add(1, Relaxed);
    }

    fn try_retain(&self, _me: u32) -> bool {
        let unless_freed = |references| (references > 0).then_some(references + 1);
        self.0.fetch_update(Acquire, Relaxed, unless_freed).is_ok()
    }

    // Who frees the object must see all that others did with it before they let go.
    #[inline]
    fn release(&self, _me: u32) -> Released {
        if self.0.fetch_sub(1, AcqRel) == 1 { Released::Last } else { Released::Kept }
    }

    fn references(&self) -> i64 {
        self.0.load(Relaxed)
    }
}
