//! A count that is only right if one thread runs at a time: CPython's, under its lock.

use crate::sync::atomic::{AtomicI64, Ordering::Relaxed};

use super::{Count, Released};

/// A count in one word. Each operation is a load, an addition and a store, three steps that
/// another thread can come between: then one of the two operations is lost. (The word is an atomic
/// one, so that this is a wrong number and not undefined behaviour; the instructions are those of
/// a plain word.)
#[derive(Debug, Default)]
pub struct Plain(AtomicI64);

impl Plain {
    /// The first step of an operation.
    #[inline]
    #[must_use]
    pub fn read(&self) -> i64 {
        self.0.load(Relaxed)
    }

    /// The last step: what another thread has written since the first is gone.
    #[inline]
    pub fn write(&self, references: i64) {
        self.0.store(references, Relaxed);
    }
}

impl Count for Plain {
    fn start(&self, _me: u32) {
        self.write(1);
    }

    #[inline]
    fn retain(&self, _me: u32) {
        self.write(self.read() + 1);
    }

    #[inline]
    fn release(&self, _me: u32) -> Released {
        let left = self.read() - 1;
        self.write(left);
        if left == 0 { Released::Last } else { Released::Kept }
    }

    fn references(&self) -> i64 {
        self.read()
    }
}
