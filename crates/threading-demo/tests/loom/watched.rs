//! Two locks in opposite order: both threads get through, or exactly one is refused.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use threading_demo::watched::{Deadlock, Watch, Watched};

type Lock = Watched<u32>;

fn named(name: &str) -> thread::Builder {
    thread::Builder::new().name(name.to_owned())
}

/// Takes both locks, and counts in both.
fn transfer(first: &Lock, second: &Lock) -> Result<(), Deadlock> {
    let mut first = first.lock()?;
    let mut second = second.lock()?;
    *first += 1;
    *second += 1;
    Ok(())
}

#[test]
fn in_opposite_order_at_most_one_is_refused_and_nobody_hangs() {
    // How many were refused, over all orders: not loom's, because it outlives the single run.
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let runs = Arc::clone(&seen);
    loom::model(move || {
        let watch = Watch::default();
        let locks = loom::sync::Arc::new([watch.mutex("1", 0), watch.mutex("2", 0)]);
        let theirs = locks.clone();
        let other = named("b").spawn(move || transfer(&theirs[1], &theirs[0])).unwrap();
        let mine = transfer(&locks[0], &locks[1]);
        let refused = [mine, other.join().unwrap()].into_iter().filter_map(Result::err);
        let refused = Vec::from_iter(refused);
        for Deadlock(circle) in &refused {
            let wanted = Vec::from_iter(circle.iter().map(|(_, lock)| lock.as_str()));
            assert!(wanted == ["1", "2"] || wanted == ["2", "1"], "{circle:?}");
        }
        assert!(refused.len() <= 1, "{refused:?}");
        let through = 2 - refused.len() as u32;
        assert_eq!(*locks[0].lock().unwrap(), through);
        assert_eq!(*locks[1].lock().unwrap(), through);
        runs.lock().unwrap().insert(refused.len());
    });
    // Both ends were met, so the model did look at what it is for.
    assert_eq!(*seen.lock().unwrap(), BTreeSet::from([0, 1]));
}

#[test]
fn in_the_same_order_nobody_is_refused() {
    loom::model(|| {
        let watch = Watch::default();
        let locks = loom::sync::Arc::new([watch.mutex("1", 0), watch.mutex("2", 0)]);
        let theirs = locks.clone();
        let other = named("b").spawn(move || transfer(&theirs[0], &theirs[1])).unwrap();
        assert_eq!(transfer(&locks[0], &locks[1]), Ok(()));
        assert_eq!(other.join().unwrap(), Ok(()));
    });
}

#[test]
fn one_lock_is_handed_on_to_everybody_who_waits() {
    crate::preempted(3, || {
        // An atomic, because loom changes threads only where they share something: here, while
        // the lock is held.
        let lock = loom::sync::Arc::new(Watch::default().mutex("only", AtomicUsize::new(0)));
        let add = |lock: &Watched<AtomicUsize>| {
            let count = lock.lock().unwrap();
            let before = count.load(Ordering::Relaxed);
            count.store(before + 1, Ordering::Relaxed);
        };
        let others = [(); 2].map(|()| {
            let lock = lock.clone();
            thread::spawn(move || add(&lock))
        });
        add(&lock);
        for other in others {
            other.join().unwrap();
        }
        assert_eq!(lock.lock().unwrap().load(Ordering::Relaxed), 3);
    });
}

#[test]
fn a_circle_of_three_is_found_too() {
    let most = Arc::new(Mutex::new(0));
    let runs = Arc::clone(&most);
    crate::preempted(2, move || {
        let watch = Watch::default();
        let locks = loom::sync::Arc::new(["1", "2", "3"].map(|name| watch.mutex(name, 0)));
        let others = [1, 2].map(|seat| {
            let locks = locks.clone();
            thread::spawn(move || transfer(&locks[seat], &locks[(seat + 1) % 3]))
        });
        let mine = transfer(&locks[0], &locks[1]);
        let ends = others.map(|other| other.join().unwrap()).into_iter().chain([mine]);
        let refused = Vec::from_iter(ends.filter_map(Result::err));
        assert!(refused.iter().all(|Deadlock(circle)| circle.len() == 3), "{refused:?}");
        let mut most = runs.lock().unwrap();
        *most = refused.len().max(*most);
    });
    assert_eq!(*most.lock().unwrap(), 1);
}
