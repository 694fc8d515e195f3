//! Readers without a lock: what they have counted is alive, and is what they were looking for.

use std::collections::BTreeSet;
use std::sync::{Arc as Outside, Mutex as OutsideMutex};

use global_lock_demo::count::{Atomic, Biased, Count, Released};
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, Ordering::AcqRel, Ordering::Acquire, Ordering::Release};

use crate::heap::{Heap, Thread, spawn};
use crate::preempted;

/// A container: whether object 0 lies in it, which is then one reference.
struct Container(AtomicBool);

impl Container {
    fn put<C: Count>(&self, me: &Thread<C, 1>) {
        me.make(0);
        self.0.store(true, Release);
    }

    /// Takes the object out and drops the reference. Whether that has freed it.
    fn remove<C: Count>(&self, me: &Thread<C, 1>) -> bool {
        assert!(self.0.swap(false, AcqRel));
        me.release(0)
    }

    /// Counts the object first, then looks whether it still lies there. Whether it got it.
    fn read<C: Count>(&self, me: &Thread<C, 1>) -> bool {
        if !self.0.load(Acquire) || !me.try_retain(0) {
            return false;
        }
        let there = self.0.load(Acquire);
        if there {
            assert_eq!(me.look(0), 1, "an object that never lay there");
        }
        me.release(0);
        there
    }
}

/// The place of a freed object becomes another object, which does not lie in the container and
/// which others count.
fn reuse<C: Count>(heap: &Heap<C, 1>, me: &Thread<C, 1>) {
    me.make(0);
    heap.objects[0].count.retain_locked(9);
}

/// The owner removes the object and drops it, a reader tries to get it, and perhaps a third thread
/// drops a counted reference. What readers got, over all orders.
fn read_while_it_goes<C: Count>(third: bool) -> BTreeSet<bool> {
    let got = Outside::new(OutsideMutex::new(BTreeSet::new()));
    let runs = Outside::clone(&got);
    preempted(3, move || {
        let heap = Arc::new(Heap::<C, 1>::new());
        let container = Arc::new(Container(AtomicBool::new(false)));
        let owner = Thread::attach(&heap, 1);
        container.put(&owner);
        let reader = {
            let (container, runs) = (Arc::clone(&container), Outside::clone(&runs));
            move |me: &Thread<C, 1>| {
                let got = container.read(me);
                runs.lock().unwrap().insert(got);
            }
        };
        let third = third.then(|| {
            heap.objects[0].count.retain(3);
            let again = Arc::clone(&heap);
            spawn(&heap, 3, move |me| {
                if me.release(0) {
                    reuse(&again, me);
                }
            })
        });
        let reader = spawn(&heap, 2, reader);
        if container.remove(&owner) {
            reuse(&heap, &owner);
        }
        reader.join().unwrap();
        if let Some(third) = third {
            third.join().unwrap();
        }
        owner.detach();
        assert_eq!(heap.freed(), [1]);
    });
    got.lock().unwrap().clone()
}

#[test]
fn what_only_its_owner_counts_is_not_to_be_had_without_the_lock() {
    assert_eq!(read_while_it_goes::<Biased>(false), BTreeSet::from([false]));
}

#[test]
fn what_others_count_is_to_be_had_until_it_goes() {
    assert_eq!(read_while_it_goes::<Biased>(true), BTreeSet::from([false, true]));
    assert_eq!(read_while_it_goes::<Atomic>(false), BTreeSet::from([false, true]));
    assert_eq!(read_while_it_goes::<Atomic>(true), BTreeSet::from([false, true]));
}

/// Once somebody has read it under the lock, that is to be seen, although the shared count is 0
/// again: readers may have it, and the owner may not free it without asking. `by_another`: it is
/// not the owner who removes it, so that it comes by mail.
fn read_again(by_another: bool) -> BTreeSet<bool> {
    let got = Outside::new(OutsideMutex::new(BTreeSet::new()));
    let runs = Outside::clone(&got);
    preempted(3, move || {
        let heap = Arc::new(Heap::<Biased, 1>::new());
        let container = Arc::new(Container(AtomicBool::new(false)));
        let owner = Thread::attach(&heap, 1);
        container.put(&owner);
        heap.objects[0].count.retain_locked(2);
        assert_eq!(heap.objects[0].count.release(2), Released::Kept);
        let reader = {
            let (container, runs) = (Arc::clone(&container), Outside::clone(&runs));
            spawn(&heap, 2, move |me| {
                let got = container.read(me);
                runs.lock().unwrap().insert(got);
            })
        };
        if by_another {
            let container = Arc::clone(&container);
            let other = spawn(&heap, 3, move |me| container.remove(me));
            owner.detach();
            other.join().unwrap();
        } else {
            container.remove(&owner);
            owner.detach();
        }
        reader.join().unwrap();
        assert_eq!(heap.freed(), [1]);
    });
    got.lock().unwrap().clone()
}

#[test]
fn what_was_read_under_the_lock_before() {
    assert_eq!(read_again(false), BTreeSet::from([false, true]));
    assert_eq!(read_again(true), BTreeSet::from([false, true]));
}

/// The owner is the one that reads, and another removes the object: its reference is one that the
/// owner has counted, so it comes by mail.
#[test]
fn the_owner_reads_what_another_removes() {
    preempted(3, || {
        let heap = Arc::new(Heap::<Biased, 1>::new());
        let container = Arc::new(Container(AtomicBool::new(false)));
        let owner = Thread::attach(&heap, 1);
        container.put(&owner);
        let other = {
            let container = Arc::clone(&container);
            spawn(&heap, 2, move |me| container.remove(me))
        };
        container.read(&owner);
        owner.check();
        container.read(&owner);
        owner.detach();
        other.join().unwrap();
        assert_eq!(heap.freed(), [1]);
    });
}
