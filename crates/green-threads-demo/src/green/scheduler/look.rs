//! The scheduler, when it looks at what comes from outside: at sockets and the clock.

use std::time::{Duration, Instant};

use super::Scheduler;

/// How many turns at most before there is a look at sockets and timers: a look is a system call.
const TURNS_A_LOOK: u32 = 128;

/// Turns that take longer together are followed by a look, however few they are: two that compute for
/// a millisecond and give way to each other would keep those waiting whose socket or time has come.
const LONG: Duration = Duration::from_micros(100);

impl Scheduler {
    /// After quick turns there may be twice as many before the next look; after long ones, or a sleep,
    /// only one.
    fn pace(&self, sleep: bool) {
        let now = (!sleep).then(Instant::now);
        let quick = self.looked.replace(now).zip(now).is_some_and(|(then, now)| now - then < LONG);
        let most = if quick { (2 * self.look_after.get()).min(TURNS_A_LOOK) } else { 1 };
        self.look_after.set(most);
        self.turns.set(0);
    }

    /// Looks whose socket or time has come, and sleeps until somebody's has.
    pub(super) fn look(&self, sleep: bool) {
        self.pace(sleep);
        let alarm = self.timers.next();
        let waited_for = self.reactor.is_waited_for();
        if sleep && alarm.is_none() && !waited_for {
            // Nobody can come from outside: whoever sleeps, sleeps for ever. The first is told.
            self.deadlock.set(true);
            let first = self.first.borrow();
            return self.wake(first.as_ref().expect("while anybody runs there is a first"));
        }
        // What nobody waits for can be told later.
        if sleep || waited_for {
            self.reactor.look(sleep, alarm, |thread| self.queue(thread));
        }
        if alarm.is_some() {
            self.timers.due(Instant::now(), |thread| self.wake(thread));
        }
    }
}
