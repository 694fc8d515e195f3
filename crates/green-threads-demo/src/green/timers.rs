//! Who sleeps until when.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::here;
use super::thread::Thread;

/// The sleepers, in the order in which they are to be woken.
#[derive(Default)]
pub(super) struct Timers {
    sleepers: RefCell<BTreeMap<(Instant, u64), Thread>>,
    set: Cell<u64>,
}

/// Wakes somebody at its time, unless it is dropped before.
pub(super) struct Alarm<'a> {
    timers: &'a Timers,
    key: (Instant, u64),
}

impl Timers {
    pub(super) fn set(&self, at: Instant, sleeper: Thread) -> Alarm<'_> {
        let key = (at, self.set.replace(self.set.get() + 1));
        self.sleepers.borrow_mut().insert(key, sleeper);
        Alarm { timers: self, key }
    }

    /// When the next alarm rings.
    pub(super) fn next(&self) -> Option<Instant> {
        self.sleepers.borrow().first_key_value().map(|((at, _), _)| *at)
    }

    /// Wakes those whose time has come by `now`.
    pub(super) fn due(&self, now: Instant, wake: impl Fn(&Thread)) {
        let mut sleepers = self.sleepers.borrow_mut();
        while let Some(first) = sleepers.first_entry().filter(|first| first.key().0 <= now) {
            wake(&first.remove());
        }
    }
}

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        self.timers.sleepers.borrow_mut().remove(&self.key);
    }
}

/// For ever, or near enough: what a clock can't count to.
const EVER: Duration = Duration::from_secs(100 * 365 * 86_400);

/// Waits so long; never shorter.
///
/// # Panics
/// Outside of [`run`](super::run).
pub fn sleep(duration: Duration) {
    here::need_room();
    let limit = Instant::now() + duration.min(EVER);
    while here::park_until(limit) {}
}
