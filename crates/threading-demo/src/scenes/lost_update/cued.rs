//! Increments whose steps are taken in an order that is given.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// Which thread takes each of the four steps of two increments, thread 1 or thread 2. The first
/// step of a thread is to read, the second is to write; a longer order goes on in the same way.
pub type Order = [u8; 4];

/// All orders that there are.
pub const ORDERS: [Order; 6] =
    [[1, 1, 2, 2], [2, 2, 1, 1], [1, 2, 1, 2], [1, 2, 2, 1], [2, 1, 1, 2], [2, 1, 2, 1]];

/// What a thread did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// It read this value.
    Read(u64),
    /// It wrote this value: one more than it had read.
    Wrote(u64),
}

/// A step, and who took it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// 1 or 2.
    pub thread: u8,
    /// What it did.
    pub deed: Deed,
    number: usize,
}

/// What became of a run.
#[derive(Debug)]
pub struct Run {
    /// The steps, in the order in which they were taken.
    pub steps: Vec<Step>,
    /// What the counter was in the end.
    pub counter: u64,
}

impl Run {
    /// How many increments were made, but are not in the counter.
    #[must_use]
    pub fn lost(&self) -> u64 {
        let writes = self.steps.iter().filter(|step| matches!(step.deed, Deed::Wrote(_))).count();
        writes as u64 - self.counter
    }
}

/// Increments in this order, which is gone through so many times.
#[must_use]
pub fn cued(order: &[u8], times: u64) -> Run {
    let counter = AtomicU64::new(0);
    let step_done = Barrier::new(2);
    let mut steps = thread::scope(|scope| {
        let threads = [1, 2].map(|me| {
            let (counter, step_done) = (&counter, &step_done);
            scope.spawn(move || increments(me, order, times, counter, step_done))
        });
        threads.map(|thread| thread.join().expect("adding does not panic")).concat()
    });
    steps.sort_by_key(|step| step.number);
    Run { steps, counter: counter.into_inner() }
}

/// One thread's part.
fn increments(
    me: u8,
    order: &[u8],
    times: u64,
    counter: &AtomicU64,
    step_done: &Barrier,
) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut read = None;
    for (number, &thread) in (0..times).flat_map(|_| order).enumerate() {
        if thread == me {
            let deed = match read.take() {
                None => Deed::Read(*read.insert(counter.load(Ordering::Relaxed))),
                Some(value) => {
                    // What the other thread has written since is overwritten.
                    counter.store(value + 1, Ordering::Relaxed);
                    Deed::Wrote(value + 1)
                }
            };
            steps.push(Step { thread, deed, number });
        }
        // Nobody takes the next step before this one is done, and seen: Relaxed suffices above.
        step_done.wait();
    }
    steps
}
