//! What every lock promises: one holder at a time, who sees what the last one did, and a turn for
//! everybody who wants one.

use global_lock_demo::lock::GlobalLock;
use global_lock_demo::thread::{HOLDS, ThreadState};
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use loom::thread;
use stage::Recorder;

/// An interpreter with no more in it than a lock and a number.
pub struct Shared<L> {
    pub lock: L,
    number: AtomicU32,
}

impl<L: GlobalLock> Shared<L> {
    pub fn new(lock: L) -> Arc<Shared<L>> {
        Arc::new(Shared { lock, number: AtomicU32::new(0) })
    }

    /// `number += 1`, in two steps. It only counts right if no other holder comes between, and if
    /// the lock shows each holder what the one before wrote.
    pub fn count(&self) {
        let before = self.number.load(Relaxed);
        self.number.store(before + 1, Relaxed);
    }

    /// Counts between two instructions at which the lock may go to another thread.
    fn run(&self, me: &mut ThreadState, rounds: u32) {
        self.lock.take(me);
        for _ in 0..rounds {
            self.count();
            self.lock.tick(me);
            self.lock.check(me);
        }
        self.lock.give(me);
    }
}

/// So many threads count; if none of them is forgotten, all end. What was recorded of them agrees
/// that one at a time held the lock.
pub fn run<L: GlobalLock>(lock: L, threads: u32, rounds: u32) {
    let shared = Shared::new(lock);
    let recorder = Recorder::new();
    let run = move |shared: &Shared<L>, recorder: &Recorder, id| {
        shared.run(&mut ThreadState::recorded(id, recorder, &id.to_string()), rounds);
    };
    let others = Vec::from_iter((2..=threads).map(|id| {
        let (shared, recorder) = (shared.clone(), recorder.clone());
        thread::spawn(move || run(&shared, &recorder, id))
    }));
    run(&shared, &recorder, 1);
    for other in others {
        other.join().unwrap();
    }
    assert_eq!(shared.number.load(Relaxed), threads * rounds);
    assert_eq!(recorder.timeline().at_once(HOLDS), 1);
}

/// A thread blocks outside for what another thread does with the lock: if the lock were not given
/// up for that long, neither would go on. Then both want it again.
pub fn outside<L: GlobalLock>(lock: L) {
    let (shared, done) = (Shared::new(lock), Arc::new(AtomicBool::new(false)));
    let me = &mut ThreadState::new(1);
    shared.lock.take(me);
    shared.count();
    let (theirs, theirs_done) = (shared.clone(), done.clone());
    let other = thread::spawn(move || {
        let me = &mut ThreadState::new(2);
        theirs.run(me, 1);
        theirs_done.store(true, Relaxed);
        theirs.run(me, 1);
    });
    let blocks = || {
        while !done.load(Relaxed) {
            thread::yield_now();
        }
    };
    shared.lock.outside(me, blocks);
    shared.count();
    shared.lock.give(me);
    other.join().unwrap();
    assert_eq!(shared.number.load(Relaxed), 4);
}
