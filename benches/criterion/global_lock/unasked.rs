//! CPython's lock, without looking whether anybody wants it: what does looking cost?

use std::time::Duration;

use global_lock_demo::count::Plain;
use global_lock_demo::lock::{GlobalLock, Interval};
use global_lock_demo::strategy::Strategy;
use global_lock_demo::thread::ThreadState;
use global_lock_demo::vm::value::Value;

/// [`UnderLock<Interval>`](global_lock_demo::strategy::under_lock::UnderLock), but for the check.
#[derive(Default)]
pub struct Unasked(Interval);

impl Strategy for Unasked {
    const NAME: &'static str = "unasked";
    type Count = Plain;

    fn attach(&self, me: &mut ThreadState) {
        self.0.take(me);
    }

    fn detach(&self, me: &mut ThreadState) -> Vec<Value> {
        self.0.give(me);
        Vec::new()
    }

    fn outside<R>(&self, me: &mut ThreadState, call: impl FnOnce() -> R) -> R {
        self.0.outside(me, call)
    }

    fn set_interval(&self, interval: Duration) {
        self.0.set_interval(interval);
    }
}
