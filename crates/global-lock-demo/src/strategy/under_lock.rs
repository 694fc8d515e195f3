//! One lock for the whole interpreter, and so plain counts: the global interpreter lock.
//!
//! Left out: what else CPython's eval breaker does (signals, pending calls, the collector), and
//! that it creates the lock only with the second thread (2.7).

use std::time::Duration;

use crate::count::Plain;
use crate::lock::GlobalLock;
use crate::thread::ThreadState;
use crate::vm::value::Value;

use super::Strategy;

/// Only the holder of the lock runs.
#[derive(Debug, Default)]
pub struct UnderLock<L>(pub L);

impl<L: GlobalLock> Strategy for UnderLock<L> {
    const NAME: &'static str = L::NAME;
    const TICKS: bool = L::TICKS;
    type Count = Plain;

    fn attach(&self, me: &mut ThreadState) {
        self.0.take(me);
    }

    fn detach(&self, me: &mut ThreadState) -> Vec<Value> {
        self.0.give(me);
        Vec::new()
    }

    #[inline]
    fn check(&self, me: &mut ThreadState) {
        self.0.check(me);
    }

    #[inline]
    fn tick(&self, me: &mut ThreadState) {
        self.0.tick(me);
    }

    fn outside<R>(&self, me: &mut ThreadState, call: impl FnOnce() -> R) -> R {
        self.0.outside(me, call)
    }

    fn set_interval(&self, interval: Duration) {
        self.0.set_interval(interval);
    }
}
