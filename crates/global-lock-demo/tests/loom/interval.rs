//! The interval lock: a waiter asks, and is waited for.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use global_lock_demo::lock::{GlobalLock, Interval};
use global_lock_demo::thread::ThreadState;
use loom::thread;

use super::turns::{Shared, outside, run};

/// Its waiters are only ever woken by a signal, so that none may be lost.
fn patient() -> Interval {
    let lock = Interval::default();
    lock.set_interval(Duration::MAX);
    lock
}

#[test]
fn two_threads_that_ask_take_turns() {
    for forced in [true, false] {
        crate::preempted(3, move || run(Interval::new(forced), 2, 2));
    }
}

#[test]
fn three_threads_that_ask_all_get_their_turn() {
    for forced in [true, false] {
        crate::preempted(2, move || run(Interval::new(forced), 3, 1));
    }
}

#[test]
fn three_threads_that_never_ask_are_all_woken() {
    crate::preempted(3, || run(patient(), 3, 1));
}

#[test]
fn who_blocks_does_so_without_the_lock() {
    crate::preempted(3, || outside(Interval::default()));
    crate::preempted(3, || outside(patient()));
}

/// One thread holds the lock until another has had it, which asks for it. Returns how often the
/// lock went from one thread to another at a check that dropped it on request, over all orders.
fn switches_on_request(forced: bool) -> BTreeSet<u64> {
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let runs = Arc::clone(&seen);
    crate::preempted(3, move || {
        let shared = Shared::new(Interval::new(forced));
        let me = &mut ThreadState::new(1);
        shared.lock.take(me);
        let theirs = shared.clone();
        let other = thread::spawn(move || {
            let me = &mut ThreadState::new(2);
            theirs.lock.take(me);
            theirs.count();
            theirs.lock.give(me);
        });
        // Once for the other to fall asleep, and once for its time to be up.
        thread::yield_now();
        thread::yield_now();
        // Only who takes the lock takes a request back, so that this check will see it.
        if shared.lock.is_asked() {
            let before = shared.lock.switches();
            shared.lock.check(me);
            let switches = shared.lock.switches() - before;
            runs.lock().unwrap().insert(switches);
            // After the switches nobody is left who could ask.
            assert!(switches == 0 || !shared.lock.is_asked(), "asked for the one before");
        }
        shared.count();
        shared.lock.give(me);
        other.join().unwrap();
    });
    let seen = seen.lock().unwrap();
    seen.clone()
}

#[test]
fn who_drops_the_lock_on_request_is_not_its_next_holder() {
    assert_eq!(switches_on_request(true), BTreeSet::from([2]), "there and back");
}

#[test]
fn without_forced_switching_it_may_be() {
    assert_eq!(switches_on_request(false), BTreeSet::from([0, 2]));
}
