//! What the lock is compared with.

use crate::lock::GlobalLock;
use crate::thread::{HOLDS, OUTSIDE, ThreadState};

/// No lock: everybody has it at once. Right only for threads that share nothing, which is what the
/// tasks of the problems are.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoLock;

impl GlobalLock for NoLock {
    const NAME: &'static str = "no lock";

    fn take(&self, me: &mut ThreadState) {
        me.now(HOLDS);
    }

    fn give(&self, me: &mut ThreadState) {
        me.now(OUTSIDE);
    }

    #[inline]
    fn check(&self, _me: &mut ThreadState) {}
}
