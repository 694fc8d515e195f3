//! An object is freed exactly once, and never while somebody has a reference to it.

use global_lock_demo::count::{Atomic, Biased, Count};
use loom::sync::Arc;
use loom::sync::mpsc::channel;

use crate::heap::{Heap, Thread, spawn};
use crate::preempted;

/// The owner gives one reference away and drops its own.
fn owner_and_another<C: Count>() {
    let heap = Arc::new(Heap::<C, 1>::new());
    let owner = Thread::attach(&heap, 1);
    owner.make(0);
    owner.retain(0);
    let other = spawn(&heap, 2, |me| {
        me.look(0);
        me.release(0);
    });
    owner.look(0);
    owner.release(0);
    owner.check();
    owner.detach();
    other.join().unwrap();
    assert_eq!(heap.freed(), [1]);
}

#[test]
fn the_owner_and_another() {
    loom::model(owner_and_another::<Biased>);
    loom::model(owner_and_another::<Atomic>);
}

/// The other makes references of its own, so that the shared count goes up and down too.
#[test]
fn the_owner_and_another_that_counts() {
    loom::model(|| {
        let heap = Arc::new(Heap::<Biased, 1>::new());
        let owner = Thread::attach(&heap, 1);
        owner.make(0);
        owner.retain(0);
        let other = spawn(&heap, 2, |me| {
            me.retain(0);
            me.release(0);
            me.look(0);
            me.release(0);
        });
        owner.retain(0);
        owner.release(0);
        owner.look(0);
        owner.release(0);
        owner.detach();
        other.join().unwrap();
        assert_eq!(heap.freed(), [1]);
    });
}

/// The owner has none left; the two others share what was counted by it. The mailbox is looked at
/// only in the end.
fn two_others<C: Count>() {
    let heap = Arc::new(Heap::<C, 1>::new());
    let owner = Thread::attach(&heap, 1);
    owner.make(0);
    owner.retain(0);
    let others = [2, 3].map(|id| {
        spawn(&heap, id, |me| {
            me.look(0);
            me.release(0);
        })
    });
    owner.detach();
    for other in others {
        other.join().unwrap();
    }
    assert_eq!(heap.freed(), [1]);
}

#[test]
fn two_others_and_a_mailbox_that_is_emptied_late() {
    preempted(3, two_others::<Biased>);
    preempted(3, two_others::<Atomic>);
}

/// One of the others drops what the local count knows of, so that the object is queued; the other
/// counts up and down while the owner merges.
#[test]
fn a_merge_beside_releases() {
    preempted(3, || {
        let heap = Arc::new(Heap::<Biased, 1>::new());
        let owner = Thread::attach(&heap, 1);
        owner.make(0);
        owner.retain(0);
        owner.retain(0);
        let drops = spawn(&heap, 2, |me| me.release(0));
        let counts = spawn(&heap, 3, |me| {
            me.retain(0);
            me.release(0);
            me.look(0);
            me.release(0);
        });
        owner.check();
        owner.release(0);
        owner.detach();
        drops.join().unwrap();
        counts.join().unwrap();
        assert_eq!(heap.freed(), [1]);
    });
}

/// A queued object whose owner's count becomes 0 before the mailbox is emptied: a reference that
/// was counted as shared has come to the owner, which drops it.
#[test]
fn merged_at_zero_while_it_is_queued() {
    preempted(3, || {
        let heap = Arc::new(Heap::<Biased, 1>::new());
        let owner = Thread::attach(&heap, 1);
        owner.make(0);
        owner.retain(0);
        let (give, given) = channel();
        let other = spawn(&heap, 2, move |me| {
            me.retain(0);
            // The owner gets one of the two.
            give.send(()).unwrap();
            me.release(0);
        });
        let third = spawn(&heap, 3, |me| me.release(0));
        given.recv().unwrap();
        owner.look(0);
        owner.release(0);
        owner.detach();
        other.join().unwrap();
        third.join().unwrap();
        assert_eq!(heap.freed(), [1]);
    });
}

/// The owner ends while two others still have references that only its local count knows of.
#[test]
fn a_dead_owner() {
    preempted(3, || {
        let heap = Arc::new(Heap::<Biased, 1>::new());
        let me = Thread::attach(&heap, 1);
        let (give, given) = channel();
        let owner = spawn(&heap, 2, move |owner| {
            owner.make(0);
            owner.retain(0);
            owner.retain(0);
            give.send(()).unwrap();
            owner.look(0);
            owner.release(0);
        });
        given.recv().unwrap();
        let other = spawn(&heap, 3, |me| {
            me.look(0);
            me.release(0);
        });
        me.look(0);
        me.release(0);
        me.detach();
        owner.join().unwrap();
        other.join().unwrap();
        assert_eq!(heap.freed(), [1]);
    });
}

/// What an ending thread finds in its mailbox refers to another object of its own: freeing the
/// first, it counts the second, which somebody else drops at the same time.
#[test]
fn an_end_that_frees_what_refers_to_more() {
    preempted(3, || {
        let heap = Arc::new(Heap::<Biased, 2>::nested());
        let owner = Thread::attach(&heap, 1);
        owner.make(0);
        owner.make(1);
        owner.retain(1);
        let outer = spawn(&heap, 2, |me| me.release(0));
        let inner = spawn(&heap, 3, |me| {
            me.look(1);
            me.release(1);
        });
        owner.detach();
        outer.join().unwrap();
        inner.join().unwrap();
        assert_eq!(heap.freed(), [1, 1]);
    });
}

/// An owner that has dropped its last reference, while others have some, is one like any other: it
/// is lent one by a thread that still has one, and makes its own of it.
#[test]
fn an_owner_that_comes_back() {
    loom::model(|| {
        let heap = Arc::new(Heap::<Biased, 1>::new());
        let owner = Thread::attach(&heap, 1);
        owner.make(0);
        heap.objects[0].count.retain(2);
        owner.release(0);
        let (take_back, back) = channel();
        let lender = spawn(&heap, 2, move |me| {
            back.recv().unwrap();
            me.release(0);
        });
        owner.retain(0);
        take_back.send(()).unwrap();
        owner.look(0);
        owner.release(0);
        owner.detach();
        lender.join().unwrap();
        assert_eq!(heap.freed(), [1]);
    });
}

/// As soon as the counts are merged, another thread may free the object and use its place for one
/// of its own. The old owner must not write into that.
fn place_used_again(queued: bool) {
    let heap = Arc::new(Heap::<Biased, 1>::new());
    let owner = Thread::attach(&heap, 1);
    owner.make(0);
    if queued {
        // The owner's reference goes to another thread, and is back by mail.
        spawn(&heap, 2, |me| me.release(0)).join().unwrap();
    }
    heap.objects[0].count.retain(3);
    let again = spawn(&heap, 3, |me| {
        if me.release(0) {
            me.make(0);
            me.retain(0);
            assert!(!me.release(0) && me.release(0));
        }
    });
    if !queued {
        owner.release(0);
    }
    owner.detach();
    again.join().unwrap();
    assert!(heap.freed() == [1] || heap.freed() == [2]);
}

#[test]
fn a_place_that_is_used_again_after_a_merge() {
    loom::model(|| place_used_again(false));
    loom::model(|| place_used_again(true));
}
