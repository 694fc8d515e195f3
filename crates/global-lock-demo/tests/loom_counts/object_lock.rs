//! Never two in the critical section, and nobody sleeps for ever.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use global_lock_demo::object_lock::ObjectLock;
use global_lock_demo::parking::ParkingLot;
use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use loom::thread;

use crate::preempted;

struct Object {
    lock: ObjectLock,
    parking: ParkingLot,
    inside: AtomicUsize,
    /// What the lock guards: loom complains if it leaves two in without an order.
    contents: UnsafeCell<()>,
}

/// So many threads, the caller among them, go in as often as said. `patience` decides whether a
/// waiter is given the lock or has to fight for it.
fn go_in(patience: Duration, turns: &[usize]) {
    let object = Arc::new(Object {
        lock: ObjectLock::default(),
        parking: ParkingLot::new(patience),
        inside: AtomicUsize::new(0),
        contents: UnsafeCell::new(()),
    });
    let go_in = |object: &Object| {
        object.lock.with_in(&object.parking, || {
            assert_eq!(object.inside.fetch_add(1, Relaxed), 0, "two in the critical section");
            object.contents.with_mut(|_| ());
            object.inside.fetch_sub(1, Relaxed);
        });
    };
    let others = Vec::from_iter(turns[1..].iter().map(|turns| {
        let (object, turns) = (Arc::clone(&object), *turns);
        thread::spawn(move || (0..turns).for_each(|_| go_in(&object)))
    }));
    (0..turns[0]).for_each(|_| go_in(&object));
    for other in others {
        other.join().unwrap();
    }
    go_in(&object);
}

#[test]
fn two_that_fight() {
    preempted(4, || go_in(Duration::MAX, &[1, 1]));
    preempted(3, || go_in(Duration::MAX, &[2, 1]));
}

#[test]
fn two_that_hand_over() {
    preempted(4, || go_in(Duration::ZERO, &[1, 1]));
    preempted(3, || go_in(Duration::ZERO, &[2, 1]));
}

#[test]
fn three_that_fight() {
    preempted(2, || go_in(Duration::MAX, &[1, 1, 1]));
}

#[test]
fn three_that_hand_over() {
    preempted(2, || go_in(Duration::ZERO, &[1, 1, 1]));
}

/// Two locks whose waiters share a bucket: both are held, so that somebody may sleep for each, and
/// each is handed to its own.
#[test]
fn two_locks_in_one_bucket() {
    preempted(2, || {
        let locks = [(); 2].map(|()| (ObjectLock::default(), UnsafeCell::new(())));
        let both = Arc::new((locks, ParkingLot::new(Duration::ZERO)));
        let others = [0, 1].map(|at| {
            let both = Arc::clone(&both);
            thread::spawn(move || {
                let (lock, contents) = &both.0[at];
                lock.with_in(&both.1, || contents.with_mut(|_| ()));
            })
        });
        let ([(first, contents), (second, _)], parking) = &*both;
        first.with_in(parking, || {
            second.with_in(parking, || ());
            contents.with_mut(|_| ());
        });
        for other in others {
            other.join().unwrap();
        }
    });
}

/// A critical section that panics gives the lock up, also to one that sleeps for it.
#[test]
fn a_panic_wakes_the_next() {
    preempted(3, || {
        let both = Arc::new((ObjectLock::default(), ParkingLot::new(Duration::ZERO)));
        let other = {
            let both = Arc::clone(&both);
            thread::spawn(move || both.0.with_in(&both.1, || ()))
        };
        let panic = || both.0.with_in(&both.1, || std::panic::resume_unwind(Box::new("inside")));
        assert!(catch_unwind(AssertUnwindSafe(panic)).is_err());
        other.join().unwrap();
    });
}
