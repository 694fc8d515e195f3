//! The object lock and where its waiters sleep, with real threads.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use global_lock_demo::object_lock::ObjectLock;
use global_lock_demo::parking::ParkingLot;

const THREADS: u32 = 4;
const TURNS: u32 = 2_000;

/// Whether waiters are given the lock or fight for it: there is one inside at a time, and all come
/// through.
#[test]
fn a_lock_passes_through_many_hands() {
    for patience in [Duration::ZERO, Duration::MAX] {
        let (lock, parking) = (ObjectLock::default(), ParkingLot::new(patience));
        let (inside, turns) = (AtomicU32::new(0), AtomicU32::new(0));
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    for _ in 0..TURNS {
                        lock.with_in(&parking, || {
                            assert_eq!(inside.fetch_add(1, SeqCst), 0, "two inside");
                            // Held up in here, it lets others come and sleep.
                            thread::yield_now();
                            turns.fetch_add(1, SeqCst);
                            inside.fetch_sub(1, SeqCst);
                        });
                    }
                });
            }
        });
        assert_eq!(turns.into_inner(), THREADS * TURNS);
    }
}

#[test]
fn a_panic_gives_the_lock_up() {
    let lock = ObjectLock::default();
    let panic = || lock.with(|| resume_unwind(Box::new("inside")));
    assert!(catch_unwind(AssertUnwindSafe(panic)).is_err());
    assert_eq!(lock.with(|| "open"), "open");
}

#[test]
fn who_has_nothing_to_wait_for_does_not_sleep() {
    let parking = ParkingLot::new(Duration::ZERO);
    assert!(!parking.park(1, || false));
    parking.unpark(1, |waiter| {
        assert!(waiter.is_none());
        true
    });
}

/// Three sleep, of whom one at another address that has the same bucket.
#[test]
fn each_address_is_a_queue_of_its_own() {
    for patience in [Duration::ZERO, Duration::MAX] {
        let parking = Arc::new(ParkingLot::new(patience));
        let (wakes, woken) = channel();
        for (name, address) in [("a", 1), ("b", 1 + 257), ("c", 1)] {
            let (sleeps, asleep) = channel();
            let (parking, wakes) = (Arc::clone(&parking), wakes.clone());
            thread::spawn(move || {
                // Said while the bucket is locked: who comes there later finds it asleep.
                let is_its_own = parking.park(address, || sleeps.send(()).is_ok());
                wakes.send((name, is_its_own)).unwrap();
            });
            asleep.recv().unwrap();
        }
        let wake = |address, is_yours, followed| {
            parking.unpark(address, |waiter| {
                let waiter = waiter.expect("somebody sleeps there");
                assert_eq!(waiter.has_followers, followed);
                assert_eq!(waiter.is_impatient, patience == Duration::ZERO);
                is_yours
            });
            woken.recv_timeout(Duration::from_secs(60)).expect("it wakes up")
        };
        assert_eq!(wake(1, true, true), ("a", true));
        assert_eq!(wake(1, false, false), ("c", false));
        assert_eq!(wake(1 + 257, true, false), ("b", true));
    }
}
