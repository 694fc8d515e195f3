//! Real threads that make and drop references to one object at random: it is freed exactly once, by
//! the last of them, and never before. What the orders of single steps can do is for the models
//! (`loom_counts.rs`); here there are more threads, and more steps, than a model can have.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Barrier, Mutex};
use std::thread;

use global_lock_demo::count::{Atomic, Biased, Count, Plain, Released};
use global_lock_demo::object_lock::ObjectLock;
use global_lock_demo::strategy::Strategy;
use global_lock_demo::strategy::free_threaded::{FreeThreaded, mailboxes::Mailboxes};
use global_lock_demo::thread::ThreadState;
use workloads::chain;

const THREADS: u32 = 4;
const ROUNDS: u64 = 100;
const STEPS: usize = 200;

/// One object, the mailboxes, and references that lie about for anybody to take.
#[derive(Default)]
struct World<C> {
    count: C,
    mailboxes: Mailboxes<()>,
    lying_about: Mutex<usize>,
    freed: AtomicU32,
}

impl<C: Count> World<C> {
    fn release(&self, me: &ThreadState) {
        let released = self.count.release(me.id);
        match released {
            Released::Queued { owner } if !self.mailboxes.send(owner, ()) => self.merge(me),
            _ => self.free_if(released),
        }
    }

    fn merge(&self, me: &ThreadState) {
        self.free_if(self.count.merge(me.id));
    }

    fn free_if(&self, released: Released) {
        if released == Released::Last {
            assert_eq!(self.freed.fetch_add(1, SeqCst), 0, "freed twice");
        }
    }

    /// Begins with one reference, and ends with none, after so many random steps.
    fn live(&self, me: &ThreadState, mut seed: u64, steps: usize) {
        let mut mine = 1;
        for _ in 0..steps {
            if mine > 0 {
                assert_eq!(self.freed.load(SeqCst), 0, "freed while it was used");
            }
            seed = chain::link(seed);
            match seed % 5 {
                0 | 1 if mine > 0 => {
                    self.count.retain(me.id);
                    mine += 1;
                }
                2 if mine > 0 => {
                    self.release(me);
                    mine -= 1;
                }
                // References wander: made by one thread, dropped by another.
                3 if mine > 0 => {
                    *self.lying_about.lock().unwrap() += 1;
                    mine -= 1;
                }
                _ => {
                    let mut lying_about = self.lying_about.lock().unwrap();
                    mine += *lying_about;
                    *lying_about = 0;
                }
            }
            self.mailboxes.take(me).into_iter().flatten().for_each(|()| self.merge(me));
        }
        (0..mine).for_each(|_| self.release(me));
    }

    fn end(&self, me: &ThreadState) {
        loop {
            let left = self.mailboxes.close(me);
            if left.is_empty() {
                break;
            }
            left.into_iter().for_each(|()| self.merge(me));
        }
    }
}

fn play<C: Count>() {
    for round in 0..ROUNDS {
        let world = World::<C>::default();
        let start = Barrier::new(THREADS as usize);
        world.count.start(1);
        (1..THREADS).for_each(|_| world.count.retain(1));
        thread::scope(|scope| {
            for id in 1..=THREADS {
                let (world, start) = (&world, &start);
                scope.spawn(move || {
                    let me = ThreadState::new(id);
                    world.mailboxes.open(&me);
                    start.wait();
                    // In every second round the owner soon ends.
                    let steps = if id == 1 && round % 2 == 1 { 1 } else { STEPS };
                    world.live(&me, round * 31 + u64::from(id), steps);
                    world.end(&me);
                });
            }
        });
        // What nobody picked up in the end.
        let last = ThreadState::new(THREADS + 1);
        (0..*world.lying_about.lock().unwrap()).for_each(|_| world.release(&last));
        assert_eq!(world.freed.into_inner(), 1, "round {round}");
    }
}

#[test]
fn an_atomic_count_frees_once() {
    play::<Atomic>();
}

#[test]
fn a_biased_count_frees_once() {
    play::<Biased>();
}

#[test]
fn a_biased_count_is_queued_once_in_its_life() {
    let count = Biased::default();
    count.start(1);
    (0..3).for_each(|_| count.retain(1));
    assert_eq!(count.release(2), Released::Queued { owner: 1 });
    // The shared count goes below 0 meanwhile.
    assert_eq!(count.release(2), Released::Kept);
    assert_eq!(count.release(3), Released::Kept);
    // The one that is left is the mailbox's.
    assert_eq!(count.references(), 2);
    assert_eq!(count.merge(1), Released::Kept);
    assert_eq!(count.references(), 1);
    assert_eq!(count.release(1), Released::Last);
}

#[test]
fn a_biased_count_can_be_read_once_others_count_it() {
    let count = Biased::default();
    count.start(1);
    assert!(count.try_retain(1) && !count.try_retain(2));
    count.retain_locked(2);
    assert_eq!(count.release(2), Released::Kept);
    // The shared count is 0 as before, but not as it was.
    assert!(count.try_retain(2));
    assert_eq!(count.release(2), Released::Kept);
    assert_eq!(count.release(1), Released::Kept);
    assert_eq!(count.release(1), Released::Last);
    assert!(!count.try_retain(2));
}

/// Many threads, one lock: the count is as plain as can be, and right.
#[test]
fn a_plain_count_under_a_lock_is_right() {
    let (count, lock) = (Plain::default(), ObjectLock::default());
    count.start(1);
    let freed = AtomicU32::new(0);
    let retain = |me| lock.with(|| count.retain(me));
    let release = |me| lock.with(|| count.release(me));
    thread::scope(|scope| {
        for me in 1..=THREADS {
            retain(me);
            scope.spawn(move || {
                (0..20_000).for_each(|_| {
                    retain(me);
                    assert_eq!(release(me), Released::Kept);
                });
            });
        }
    });
    assert_eq!(count.references(), 1 + i64::from(THREADS));
    for me in 0..=THREADS {
        if release(me) == Released::Last {
            freed.fetch_add(1, SeqCst);
        }
    }
    assert_eq!(freed.into_inner(), 1);
}

/// The mailbox is the ending thread's until it has found it empty; from then on the sender merges.
#[test]
fn an_object_whose_owner_has_ended_is_merged_by_who_drops_it() {
    let mailboxes = Mailboxes::default();
    let owner = ThreadState::new(1);
    assert!(!mailboxes.send(1, "too early"));
    mailboxes.open(&owner);
    assert_eq!(mailboxes.take(&owner), None);
    assert!(mailboxes.send(1, "first") && mailboxes.send(1, "second"));
    assert_eq!(mailboxes.take(&owner), Some(vec!["first", "second"]));
    assert_eq!(mailboxes.take(&owner), None);
    assert!(mailboxes.send(1, "third"));
    assert_eq!(mailboxes.close(&owner), ["third"]);
    assert!(mailboxes.send(1, "fourth"));
    assert_eq!(mailboxes.close(&owner), ["fourth"]);
    assert!(mailboxes.close(&owner).is_empty());
    assert!(!mailboxes.send(1, "too late"));
}

#[test]
#[should_panic = "two threads of number 1"]
fn a_number_is_not_given_again() {
    let mailboxes = Mailboxes::<()>::default();
    let owner = ThreadState::new(1);
    mailboxes.open(&owner);
    assert!(mailboxes.close(&owner).is_empty());
    mailboxes.open(&owner);
}

/// A thread finds out that it is wanted; the rest needs objects, and so an interpreter.
#[test]
fn free_threading_attaches_and_detaches() {
    let strategy = FreeThreaded::default();
    let mut me = ThreadState::new(1);
    strategy.attach(&mut me);
    assert_eq!(strategy.handed(&me), None);
    assert_eq!(strategy.detach(&mut me), []);
}
