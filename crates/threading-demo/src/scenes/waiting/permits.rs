//! More threads than there are things for them: connections to a database, say.

use std::thread;
use std::time::Duration;

use stage::{Recorder, Timeline};

use crate::semaphore::Semaphore;

/// How many threads want a permit.
pub(super) const THREADS: usize = 6;

/// How many permits there are.
pub(super) const PERMITS: usize = 2;

/// What a thread does with its permit: wait for the database's answer, say.
const USE: Duration = Duration::from_millis(4);

/// Each thread takes a permit, uses it and gives it back, once.
pub(super) fn share_out() -> Timeline {
    let (recorder, semaphore) = (Recorder::new(), Semaphore::new(PERMITS));
    thread::scope(|scope| {
        for number in 1..=THREADS {
            let (mut lane, semaphore) = (recorder.lane(format!("thread {number}")), &semaphore);
            scope.spawn(move || {
                lane.now("waiting");
                let _permit = semaphore.acquire();
                lane.now("holding");
                thread::sleep(USE);
                // Said while it still holds: so the picture never shows more than there were.
                lane.idle();
            });
        }
    });
    recorder.timeline()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_get_a_permit_and_never_more_than_there_are_at_once() {
        let timeline = share_out();
        assert!(timeline.at_once("holding") <= PERMITS);
        let held = |lane: &stage::timeline::Finished| {
            lane.spans.iter().filter(|span| span.state == "holding").count()
        };
        assert_eq!(timeline.lanes.iter().map(held).sum::<usize>(), THREADS);
    }
}
