//! The lost wake-up, on cue: a signal that is sent between a waiter's looking and its sleeping.

use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use stage::{Lane, Recorder, Timeline};

/// The work that is waited for, long enough to be seen in a picture.
pub(super) const WORK: Duration = Duration::from_millis(4);

/// No work at all: for a signal that is only counted.
pub(super) const AT_ONCE: Duration = Duration::ZERO;

/// How long a waiter waits for a signal that will not come.
const PATIENCE: Duration = Duration::from_millis(10);

/// A bound for what should never take long.
const AT_MOST: Duration = Duration::from_secs(60);

const NO_PANIC: &str = "nobody panics while holding this lock";

/// How a waiter waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waiter {
    /// Looks, lets the lock go, takes it again and sleeps: wrong.
    LooksThenSleeps,
    /// Looks and sleeps in one step.
    LooksAndSleeps,
}

/// What became of a signal.
pub(super) struct Signal {
    /// Whether the waiter's patience ended before the signal reached it.
    pub(super) lost: bool,
    /// Who did what when.
    pub(super) timeline: Timeline,
}

/// What is waited for, and the place to wait.
#[derive(Default)]
struct Work {
    done: Mutex<bool>,
    changed: Condvar,
}

impl Work {
    fn lock(&self) -> MutexGuard<'_, bool> {
        self.done.lock().expect(NO_PANIC)
    }
}

/// What makes it happen every time: without cues it happens when the moment is right.
struct Cues {
    /// The waiter's: "I have looked, and it is not done".
    looked: Sender<()>,
    /// The worker's: "I have sent my signal".
    sent: Receiver<()>,
}

/// One waiter, and a worker that begins when the waiter has looked for the first time.
pub(super) fn signal(waiter: Waiter, takes: Duration) -> Signal {
    let (work, recorder) = (Work::default(), Recorder::new());
    let ((looked, has_looked), (send, sent)) = (mpsc::channel(), mpsc::channel());
    let lost = thread::scope(|scope| {
        let work = &work;
        let (mut waits, mut works) = (recorder.lane("waiter"), recorder.lane("worker"));
        scope.spawn(move || {
            let _ = has_looked.recv();
            works.now("computing");
            thread::sleep(takes);
            *work.lock() = true;
            work.changed.notify_one();
            works.idle();
            let _ = send.send(());
        });
        match waiter {
            Waiter::LooksThenSleeps => looks_then_sleeps(work, &Cues { looked, sent }, &mut waits),
            Waiter::LooksAndSleeps => looks_and_sleeps(work, &Cues { looked, sent }, &mut waits),
        }
    });
    Signal { lost, timeline: recorder.timeline() }
}

fn looks_then_sleeps(work: &Work, cues: &Cues, lane: &mut Lane) -> bool {
    let done = *work.lock();
    let _ = cues.looked.send(());
    if done {
        return false;
    }
    lane.now("in the gap");
    let _ = cues.sent.recv();
    lane.now("waiting");
    let woken = work.changed.wait_timeout(work.lock(), PATIENCE);
    let (_done, woken) = woken.expect(NO_PANIC);
    lane.idle();
    woken.timed_out()
}

fn looks_and_sleeps(work: &Work, cues: &Cues, lane: &mut Lane) -> bool {
    lane.now("waiting");
    // Called under the lock, now and after each signal; between a "not yet" and the sleep the
    // lock is never free.
    let not_yet = |done: &mut bool| {
        let _ = cues.looked.send(());
        !*done
    };
    let woken = work.changed.wait_timeout_while(work.lock(), AT_MOST, not_yet);
    let (_done, woken) = woken.expect(NO_PANIC);
    lane.idle();
    woken.timed_out()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_in_the_gap_is_lost_and_without_a_gap_none_is() {
        for _ in 0..100 {
            assert!(signal(Waiter::LooksThenSleeps, AT_ONCE).lost);
            assert!(!signal(Waiter::LooksAndSleeps, AT_ONCE).lost);
        }
    }
}
