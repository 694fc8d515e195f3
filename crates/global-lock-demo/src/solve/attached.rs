//! A native thread that takes its turns with the interpreter's others.

use crate::lock::GlobalLock;
use crate::thread::ThreadState;

/// A thread that is *attached*, as CPython calls it: it holds the lock, from here to its drop, but
/// for the calls that it makes [`outside`](Attached::outside) and for when it gives way.
pub struct Attached<'a, L: GlobalLock> {
    lock: &'a L,
    me: ThreadState,
}

impl<'a, L: GlobalLock> Attached<'a, L> {
    /// Waits for the lock: C's `PyGILState_Ensure`. No two threads have the same number.
    pub fn new(lock: &'a L, mut me: ThreadState) -> Attached<'a, L> {
        lock.take(&mut me);
        Attached { lock, me }
    }

    /// Gives way if it is time to. To be called in every loop that computes, as the interpreter
    /// does on every jump backward: what is done between two checks, nobody can interrupt.
    #[inline]
    pub fn check(&mut self) {
        if L::TICKS {
            self.lock.tick(&mut self.me);
        }
        self.lock.check(&mut self.me);
    }

    /// Makes a call that may block, without the lock: C's `Py_BEGIN_ALLOW_THREADS`.
    pub fn outside<R>(&mut self, call: impl FnOnce() -> R) -> R {
        self.lock.outside(&mut self.me, call)
    }
}

impl<L: GlobalLock> Drop for Attached<'_, L> {
    /// Also by a panic: the others would wait for ever.
    fn drop(&mut self) {
        self.lock.give(&mut self.me);
    }
}
