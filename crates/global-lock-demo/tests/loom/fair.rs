//! The fair lock: who came first is first, asleep or not.

use std::time::Duration;

use global_lock_demo::lock::{Fair, GlobalLock};
use global_lock_demo::thread::ThreadState;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
use loom::thread;

use super::turns::{outside, run};

/// In a model there are as many ways to look twice as there are to sleep: so most models do
/// without the former.
fn sleepy() -> Fair {
    Fair::new(Duration::ZERO)
}

#[test]
fn two_threads_hand_over_at_every_check() {
    crate::preempted(3, || run(sleepy(), 2, 2));
    crate::preempted(2, || run(Fair::default(), 2, 2));
}

#[test]
fn three_threads_all_get_their_turn() {
    crate::preempted(2, || run(sleepy(), 3, 1));
    crate::preempted(2, || run(Fair::default(), 3, 1));
}

#[test]
fn who_blocks_does_so_without_the_lock() {
    crate::preempted(3, || outside(sleepy()));
    crate::preempted(3, || outside(Fair::default()));
}

/// Two threads come one after the other; then the holder calls a check.
fn in_order(lock: Fair) {
    let lock = Arc::new(lock);
    let turn = Arc::new(AtomicU32::new(0));
    let me = &mut ThreadState::new(1);
    lock.take(me);
    let others = [1, 2].map(|place| {
        let (theirs, turn) = (lock.clone(), turn.clone());
        let other = thread::spawn(move || {
            let me = &mut ThreadState::new(place + 1);
            theirs.take(me);
            assert_eq!(turn.load(Relaxed), place - 1, "out of turn");
            turn.store(place, Relaxed);
            theirs.give(me);
        });
        while lock.waiting() < place {
            thread::yield_now();
        }
        other
    });
    lock.check(me);
    assert_eq!(turn.load(Relaxed), 2, "both were before it");
    lock.give(me);
    for other in others {
        other.join().unwrap();
    }
    assert_eq!(lock.sleeping(), 0, "whoever woke up has got up");
}

#[test]
fn whoever_waits_is_next_in_the_order_of_coming() {
    crate::preempted(2, || in_order(sleepy()));
    crate::preempted(1, || in_order(Fair::default()));
}
