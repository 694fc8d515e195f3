//! What every lock promises: one holder at a time, who sees what the last one did, and a turn for
//! everybody who wants one.

use global_lock_demo::lock::GlobalLock;
use global_lock_demo::thread::ThreadState;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
use loom::thread;

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

/// So many threads count; if none of them is forgotten, all end.
pub fn run<L: GlobalLock>(lock: L, threads: u32, rounds: u32) {
    let shared = Shared::new(lock);
    let others = Vec::from_iter((2..=threads).map(|id| {
        let shared = shared.clone();
        thread::spawn(move || shared.run(&mut ThreadState::new(id), rounds))
    }));
    shared.run(&mut ThreadState::new(1), rounds);
    for other in others {
        other.join().unwrap();
    }
    assert_eq!(shared.number.load(Relaxed), threads * rounds);
}

/// A thread blocks outside for what another thread does with the lock: if the lock were not given
/// up for that long, neither would go on.
pub fn outside<L: GlobalLock>(lock: L) {
    let shared = Shared::new(lock);
    let me = &mut ThreadState::new(1);
    shared.lock.take(me);
    shared.count();
    let theirs = shared.clone();
    let other = thread::spawn(move || theirs.run(&mut ThreadState::new(2), 1));
    shared.lock.outside(me, || other.join().unwrap());
    shared.count();
    shared.lock.give(me);
    assert_eq!(shared.number.load(Relaxed), 3);
}
