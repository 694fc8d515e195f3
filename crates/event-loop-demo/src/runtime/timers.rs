//! Who sleeps until when.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::collections::btree_map::OccupiedEntry;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use super::driver;

/// The sleepers, in the order in which they are to be woken. It reads no clock: it is told what
/// time it is.
#[derive(Default)]
pub struct Timers {
    sleepers: RefCell<BTreeMap<Alarm, Waker>>,
    set: Cell<u64>,
}

/// When, and (of those at the same instant) the how-manieth that was set.
pub type Alarm = (Instant, u64);

impl Timers {
    /// Wakes this sleeper then, unless it is told before that it needn't.
    pub fn set(&self, at: Instant, waker: Waker) -> Alarm {
        let alarm = (at, self.set.replace(self.set.get() + 1));
        self.sleepers.borrow_mut().insert(alarm, waker);
        alarm
    }

    /// Wakes another in that sleeper's place. `false` if the alarm has rung.
    pub fn renew(&self, alarm: Alarm, waker: &Waker) -> bool {
        match self.sleepers.borrow_mut().get_mut(&alarm) {
            Some(sleeper) => {
                sleeper.clone_from(waker);
                true
            }
            None => false,
        }
    }

    /// Takes an alarm back.
    pub fn take_back(&self, alarm: Alarm) {
        self.sleepers.borrow_mut().remove(&alarm);
    }

    /// When the next alarm rings.
    #[must_use]
    pub fn next(&self) -> Option<Instant> {
        self.sleepers.borrow().first_key_value().map(|((at, _), _)| *at)
    }

    /// The next sleeper whose time has come by `now`.
    pub fn due(&self, now: Instant) -> Option<Waker> {
        let mut sleepers = self.sleepers.borrow_mut();
        let first = sleepers.first_entry().filter(|first| first.key().0 <= now);
        first.map(OccupiedEntry::remove)
    }
}

/// Waits so long; never shorter.
#[must_use]
pub fn sleep(duration: Duration) -> Sleep {
    sleep_until(Instant::now() + duration)
}

/// Waits until then.
#[must_use]
pub fn sleep_until(at: Instant) -> Sleep {
    Sleep { at, alarm: None }
}

/// A future that is ready when the time has come. Dropped before, it takes its alarm back.
pub struct Sleep {
    at: Instant,
    alarm: Option<(Rc<Timers>, u64)>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let at = self.at;
        if let Some((timers, number)) = &self.alarm {
            if timers.renew((at, *number), cx.waker()) {
                return Poll::Pending;
            }
            self.alarm = None;
            return Poll::Ready(());
        }
        if at <= Instant::now() {
            return Poll::Ready(());
        }
        let timers = driver::current("sleep").timers();
        let (_, number) = timers.set(at, cx.waker().clone());
        self.alarm = Some((timers, number));
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some((timers, number)) = self.alarm.take() {
            timers.take_back((self.at, number));
        }
    }
}
