//! A count that is only right if one thread runs at a time: CPython's, under its lock.

use crate::sync::atomic::{AtomicI64, Ordering::Relaxed};

use super::{Count, Released};

/// A count in one word. Each operation is a load, an addition and a store, three steps that
/// another thread can come between: then one of the two operations is lost. (The word is an atomic
/// one, so that this is a wrong number and not undefined behaviour; the instructions are those of
/// a plain word.)
#[derive(Debug, Default)]
pub struct Plain(AtomicI64);

impl Count for Plain {
    fn start(&self, _me: u32) {
        self.0.store(1, Relaxed);
    }

    #[inline]
    fn retain(&self, _me: u32) {
        self.0.store(self.0.load(Relaxed) + 1, Relaxed);
    }

    #[inline]
    fn release(&self, _me: u32) -> Released {
        let left = self.0.load(Relaxed) - 1;
        self.0.store(left, Relaxed);
        if left == 0 { Released::Last } else { Released::Kept }
    }

    fn references(&self) -> i64 {
        self.0.load(Relaxed)
    }
}
