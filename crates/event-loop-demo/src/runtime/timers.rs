//! Who sleeps until when.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::collections::btree_map::OccupiedEntry;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use super::current;

/// The sleepers, in the order in which they are to be woken. It reads no clock: it is told what
/// time it is.
pub struct Timers {
    sleepers: RefCell<BTreeMap<Alarm, Waker>>,
    set: Cell<u64>,
    start: Instant,
}

/// When; and a number that rises with each alarm that is set, so that no two are the same, and of those
/// at the same instant the one that was set first rings first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alarm {
    /// In nanoseconds from the start: half the size of an instant, and there may be many of these.
    at: u64,
    number: u64,
}

impl Timers {
    /// Nobody sleeps yet; no alarm is set for a time before `start`.
    #[must_use]
    pub fn new(start: Instant) -> Timers {
        Timers { sleepers: RefCell::default(), set: Cell::new(0), start }
    }

    fn nanos(&self, at: Instant) -> u64 {
        // 2⁶⁴ of them are 584 years.
        u64::try_from(at.saturating_duration_since(self.start).as_nanos()).unwrap_or(u64::MAX)
    }

    /// Wakes this sleeper then, unless it is told before that it needn't.
    pub fn set(&self, at: Instant, waker: Waker) -> Alarm {
        let alarm = Alarm { at: self.nanos(at), number: self.set.get() };
        self.set.set(alarm.number + 1);
        self.sleepers.borrow_mut().insert(alarm, waker);
        alarm
    }

    /// Wakes another in that sleeper's place. `false` if the alarm has rung.
    pub fn renew(&self, alarm: Alarm, waker: &Waker) -> bool {
        let same = self.sleepers.borrow().get(&alarm).map(|sleeper| sleeper.will_wake(waker));
        if same == Some(false) {
            let waker = waker.clone();
            let before = self.sleepers.borrow_mut().insert(alarm, waker);
            // Not while the sleepers are borrowed: a waker is anybody's, and may hold a sleep itself.
            drop(before);
        }
        same.is_some()
    }

    /// Takes an alarm back.
    pub fn take_back(&self, alarm: Alarm) {
        let taken = self.sleepers.borrow_mut().remove(&alarm);
        drop(taken);
    }

    /// When the next alarm rings.
    #[must_use]
    pub fn next(&self) -> Option<Instant> {
        let sleepers = self.sleepers.borrow();
        let (first, _) = sleepers.first_key_value()?;
        Some(self.start + Duration::from_nanos(first.at))
    }

    /// The next sleeper whose time has come by `now`.
    pub fn due(&self, now: Instant) -> Option<Waker> {
        let now = self.nanos(now);
        let mut sleepers = self.sleepers.borrow_mut();
        let first = sleepers.first_entry().filter(|first| first.key().at <= now);
        first.map(OccupiedEntry::remove)
    }
}

/// For ever, or near enough: what a clock can't count to.
const EVER: Duration = Duration::from_secs(100 * 365 * 86_400);

/// Waits so long; never shorter.
#[must_use]
pub fn sleep(duration: Duration) -> Sleep {
    let now = Instant::now();
    sleep_until(now.checked_add(duration.min(EVER)).unwrap_or(now))
}

/// Waits until then.
#[must_use]
pub fn sleep_until(at: Instant) -> Sleep {
    Sleep(Stage::Before(at))
}

/// A future that is ready when the time has come. Dropped before, it takes its alarm back.
pub struct Sleep(Stage);

enum Stage {
    /// It has not been polled: when to wake.
    Before(Instant),
    Asleep(Rc<Timers>, Alarm),
    Over,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match &self.0 {
            Stage::Before(at) if *at > Instant::now() => {
                let timers = current::current("sleep").timers();
                let alarm = timers.set(*at, cx.waker().clone());
                self.0 = Stage::Asleep(timers, alarm);
                Poll::Pending
            }
            Stage::Asleep(timers, alarm) if timers.renew(*alarm, cx.waker()) => Poll::Pending,
            _ => {
                self.0 = Stage::Over;
                Poll::Ready(())
            }
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Stage::Asleep(timers, alarm) = &self.0 {
            timers.take_back(*alarm);
        }
    }
}
