//! Two changes of one count, whose steps are taken in an order that is given.

use std::fmt;
use std::sync::Barrier;
use std::thread;

use super::stepwise::Stepwise;

/// Which thread takes each of the four steps of two changes, thread 1 or thread 2. The first step
/// of a thread is to read, the second is to write.
pub type Order = [u8; 4];

/// All orders that there are.
pub const ORDERS: [Order; 6] =
    [[1, 1, 2, 2], [2, 2, 1, 1], [1, 2, 1, 2], [1, 2, 2, 1], [2, 1, 1, 2], [2, 1, 2, 1]];

/// A change of a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// One reference more.
    Retain,
    /// One reference less.
    Release,
}

impl Change {
    /// By how much the count changes.
    #[must_use]
    pub const fn by(self) -> i64 {
        match self {
            Change::Retain => 1,
            Change::Release => -1,
        }
    }
}

/// What a thread did when it was its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// It found the lock taken, and could do nothing.
    Waited,
    /// It read the count.
    Read(i64),
    /// It wrote the count: what it had read, changed by one.
    Wrote(i64),
    /// It changed the count in one step, and this is what it was then.
    Changed(i64),
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

/// Two threads make this change, each once; their steps are taken in this order.
pub fn cued(count: &dyn Stepwise, order: Order, change: Change) -> Vec<Step> {
    let step_done = Barrier::new(2);
    let mut steps = thread::scope(|scope| {
        let threads = [1, 2].map(|me| {
            let step_done = &step_done;
            scope.spawn(move || one(me, order, change, count, step_done))
        });
        threads.map(|thread| thread.join().expect("counting does not panic")).concat()
    });
    steps.sort_by_key(|step| step.number);
    steps
}

/// One thread's part. Who has had to wait gets its turns at the end.
fn one(
    me: u8,
    order: Order,
    change: Change,
    count: &dyn Stepwise,
    step_done: &Barrier,
) -> Vec<Step> {
    let (mut steps, mut read, mut done) = (Vec::new(), None, false);
    for (number, thread) in order.into_iter().chain([1, 1, 2, 2]).enumerate() {
        if thread == me && !done {
            let deed = count.step(me.into(), change, &mut read);
            done = matches!(deed, Deed::Wrote(_) | Deed::Changed(_));
            steps.push(Step { thread, deed, number });
        }
        // Nobody takes the next step before this one is done.
        step_done.wait();
    }
    steps
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Deed::Waited => f.write_str("waits for the lock"),
            Deed::Read(count) => write!(f, "reads {count}"),
            Deed::Wrote(count) => write!(f, "writes {count}"),
            Deed::Changed(count) => write!(f, "makes it {count}"),
        }
    }
}
