//! A future polled by hand: no runtime, only a waker that counts.

use std::cell::RefCell;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};

use super::machine::Sum;
use super::trial::{Step, Trial};
use super::written;
use crate::runtime::oneshot::{Promised, oneshot};

/// What is done to a future from outside. Beside that it is polled whenever it was woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// The first poll.
    Poll,
    /// The value that the first await waits for.
    GiveFirst,
    /// And that of the second.
    GiveSecond,
}

thread_local! {
    static NOTES: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// What a future leaves behind on its way, for us to see.
pub(super) fn note(what: &'static str) {
    NOTES.with_borrow_mut(|notes| notes.push(what));
}

/// Tries the state machine.
pub(super) fn machine(acts: &[Act]) -> Trial {
    run(acts, Sum::new, Sum::name)
}

/// Tries the async fn, into which nobody can look.
pub(super) fn compiled(acts: &[Act]) -> Trial {
    run(acts, written::sum, |_| "")
}

// [listing
struct Counter(AtomicUsize);

impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
// listing]

fn run<F: Future<Output = u64>>(
    acts: &[Act],
    call: fn(Promised<u64>, Promised<u64>) -> F,
    state: fn(&F) -> &'static str,
) -> Trial {
    let ((first, a), (second, b)) = (oneshot(), oneshot());
    let mut promises = (Some(first), Some(second));
    let counter = Arc::new(Counter(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&counter));
    let wakes = || counter.0.load(Ordering::Relaxed);
    let mut steps: Vec<Step> = Vec::new();
    let mut happened = |what: String, state, result| {
        let noted = NOTES.take();
        steps.push(Step { what, state, noted, result, wakes: wakes() });
    };
    let mut future = pin!(call(a, b));
    happened("sum() is called".to_owned(), state(&future), None);
    let (mut polls, mut heard) = (0, 0);
    for act in acts {
        let before = state(&future);
        match act {
            Act::Poll => {}
            Act::GiveFirst => {
                promises.0.take().into_iter().for_each(|promise| promise.give(40));
                happened("40 is given".to_owned(), before, None);
            }
            Act::GiveSecond => {
                promises.1.take().into_iter().for_each(|promise| promise.give(2));
                happened("2 is given".to_owned(), before, None);
            }
        }
        // No other reason to poll: so a wake that is lost would be seen, and one for nothing too.
        if *act == Act::Poll || wakes() > heard {
            heard = wakes();
            polls += 1;
            let result = future.as_mut().poll(&mut Context::from_waker(&waker));
            happened(format!("poll {polls}"), before, Some(result));
        }
    }
    Trial(steps)
}

#[cfg(test)]
mod tests {
    use super::super::ORDERS;
    use super::*;

    #[test]
    fn the_machine_goes_from_state_to_state_and_stands_still_where_it_must() {
        let trial = machine(ORDERS[0].1);
        let polls = trial.0.iter().filter(|step| step.result.is_some());
        let seen: Vec<_> = polls.map(|step| (step.state, step.returned(), step.wakes)).collect();
        let expected = [
            ("Start", "Pending", 0),
            ("WaitingForFirst", "Pending", 1),
            ("WaitingForSecond", "Ready(42)", 2),
        ];
        assert_eq!(seen, expected.map(|(state, result, wakes)| (state, result.to_owned(), wakes)));
        assert_eq!(trial.each_poll(), "begins | has a | has b");
    }

    #[test]
    fn the_compilers_does_the_same_in_every_order() {
        for (order, acts) in ORDERS {
            let [hand, compiled] = [machine(acts), compiled(acts)];
            assert!(hand.is_like(&compiled), "{order}: {hand:?} {compiled:?}");
            assert_eq!(hand.polls(), 1 + hand.wakes(), "{order}");
            assert_eq!(hand.noted_unpolled(), 0);
            assert_eq!(hand.ended(), "Ready(42)");
        }
        // A step more or less is a difference.
        assert!(!machine(ORDERS[0].1).is_like(&compiled(ORDERS[1].1)));
    }

    #[test]
    #[should_panic = "polled again"]
    fn a_machine_that_is_done_must_not_be_polled() {
        machine(&[Act::GiveFirst, Act::GiveSecond, Act::Poll, Act::Poll]);
    }
}
