//! Never more inside than there are permits, and no waiter is forgotten.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use threading_demo::semaphore::Semaphore;

struct Room {
    semaphore: Semaphore,
    inside: AtomicUsize,
}

/// `visitors` threads, the caller among them, go in once each.
fn visit(permits: usize, visitors: usize) {
    let room = Arc::new(Room { semaphore: Semaphore::new(permits), inside: AtomicUsize::new(0) });
    let go_in = move |room: &Room| {
        let _permit = room.semaphore.acquire();
        let before = room.inside.fetch_add(1, Ordering::Relaxed);
        assert!(before < permits, "{} inside with {permits} permits", before + 1);
        room.inside.fetch_sub(1, Ordering::Relaxed);
    };
    let others = Vec::from_iter((1..visitors).map(|_| {
        let room = Arc::clone(&room);
        thread::spawn(move || go_in(&room))
    }));
    go_in(&room);
    for other in others {
        other.join().unwrap();
    }
    // All permits are back.
    let back = Vec::from_iter((0..permits).map_while(|_| room.semaphore.try_acquire()));
    assert_eq!(back.len(), permits);
    assert!(room.semaphore.try_acquire().is_none());
}

#[test]
fn one_permit_for_two() {
    loom::model(|| visit(1, 2));
}

#[test]
fn one_permit_for_three() {
    crate::preempted(3, || visit(1, 3));
}

#[test]
fn two_permits_for_three() {
    crate::preempted(3, || visit(2, 3));
}

/// Two may be released before either of two that wait has woken up.
#[test]
fn two_permits_for_four() {
    crate::preempted(3, || visit(2, 4));
}
