//! The pool: every job is done, every item is claimed once, every wake-up arrives, and nobody is
//! left inside.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::sync::{Arc, Condvar, Mutex};
use loom::thread;
use threading_demo::Pool;
use threading_demo::pool::Claims;

#[test]
fn a_spawned_job_is_done_and_its_result_arrives() {
    loom::model(|| {
        let pool = Pool::new(1).unwrap();
        assert_eq!(pool.spawn(|| 7).join().unwrap(), 7);
    });
}

#[test]
fn two_jobs_are_done_by_two_workers_and_dropping_the_pool_waits_for_them() {
    crate::preempted(3, || {
        let done = Arc::new(AtomicUsize::new(0));
        let pool = Pool::new(2).unwrap();
        for _ in 0..2 {
            let done = Arc::clone(&done);
            pool.spawn(move || done.fetch_add(1, Ordering::Relaxed));
        }
        drop(pool);
        assert_eq!(done.load(Ordering::Relaxed), 2);
    });
}

#[test]
fn a_job_may_come_while_its_worker_falls_asleep() {
    loom::model(|| {
        let pool = Pool::new(1).unwrap();
        for job in 0..2 {
            assert_eq!(pool.spawn(move || job).join().unwrap(), job);
        }
    });
}

/// Shares `items` and looks after it that each was claimed once and that no helper is inside.
fn share(pool: &Pool, items: usize) {
    // On the heap and counted: a helper that stays too long is to be found here, not in memory
    // that is gone.
    let inside = Arc::new(AtomicUsize::new(0));
    let parts = pool.share(items, |claims| {
        let inside = Arc::clone(&inside);
        inside.fetch_add(1, Ordering::Relaxed);
        let claimed = Vec::from_iter(claims);
        inside.fetch_sub(1, Ordering::Relaxed);
        claimed
    });
    assert_eq!(inside.load(Ordering::Relaxed), 0, "a helper is still inside");
    assert!(parts.len() <= pool.threads());
    let mut claimed = parts.concat();
    claimed.sort_unstable();
    assert_eq!(claimed, Vec::from_iter(0..items), "each item once");
}

#[test]
fn a_caller_alone_does_all_the_work() {
    loom::model(|| share(&Pool::new(1).unwrap(), 2));
}

#[test]
fn a_caller_and_a_helper_share_every_item_once() {
    crate::preempted(3, || share(&Pool::new(2).unwrap(), 2));
}

/// Shared work in which everybody waits for everybody else: so all helpers that are invited have
/// to be woken, and none comes too late.
fn meet(pool: &Pool) {
    let (parties, here, all) = (pool.threads(), Mutex::new(0), Condvar::new());
    let parts = pool.share(parties, |_| {
        let mut here = here.lock().unwrap();
        *here += 1;
        all.notify_all();
        while *here < parties {
            here = all.wait(here).unwrap();
        }
    });
    assert_eq!(parts.len(), parties);
}

#[test]
fn all_helpers_come_when_all_are_needed() {
    crate::preempted(2, || meet(&Pool::new(2).unwrap()));
    crate::preempted(1, || {
        let pool = Pool::new(3).unwrap();
        // While this thread waits, the others find nothing to do, and fall asleep.
        pool.spawn(|| ()).join().unwrap();
        meet(&pool);
    });
}

#[test]
fn two_callers_at_once_each_wait_for_their_own_helper() {
    crate::preempted(2, || {
        let pool = Arc::new(Pool::new(2).unwrap());
        let theirs = Arc::clone(&pool);
        let other = thread::spawn(move || meet(&theirs));
        meet(&pool);
        other.join().unwrap();
    });
}

#[test]
fn a_panic_of_one_reaches_the_caller_when_all_have_left() {
    crate::preempted(2, || {
        let pool = Pool::new(2).unwrap();
        let inside = Arc::new(AtomicUsize::new(0));
        let work = |claims: Claims<'_>| {
            inside.fetch_add(1, Ordering::Relaxed);
            let mine = Vec::from_iter(claims);
            inside.fetch_sub(1, Ordering::Relaxed);
            if mine.contains(&1) {
                resume_unwind(Box::new("item 1"));
            }
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| pool.share(2, work)));
        assert!(outcome.is_err(), "whoever claimed item 1 has panicked");
        assert_eq!(inside.load(Ordering::Relaxed), 0, "a helper is still inside");
    });
}
