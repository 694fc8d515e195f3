//! What a count, a lock and a look at a flag cost where nobody competes for them.

use std::hint::black_box;
use std::time::Duration;

use stage::Result;

use super::fastest::fastest;
use crate::count::{Atomic, Biased, Count, Plain, Released};
use crate::lock::{GlobalLock, Interval};
use crate::object_lock::ObjectLock;
use crate::thread::ThreadState;

/// What one operation costs.
#[derive(Debug)]
pub struct Cost {
    /// What it is.
    pub name: &'static str,
    /// How many nanoseconds of the processor's time it takes.
    pub nanos: f64,
    /// Where it has to be paid.
    pub paid: &'static str,
}

const OWNER: u32 = 1;
const OTHER: u32 = 2;

/// An operation, done so many times.
type Operation = fn(u64) -> Result;

/// The plain count takes part twice: what differs between the two is chance.
const OPERATIONS: [(&str, &str, Operation); 7] = [
    ("plain count", "each reference", |many| pairs(&Plain::default(), OWNER, many)),
    ("plain count, again", "each reference", |many| pairs(&Plain::default(), OWNER, many)),
    ("biased count, its owner", "each reference", |many| pairs(&Biased::default(), OWNER, many)),
    ("biased count, another", "each reference", |many| pairs(&Biased::default(), OTHER, many)),
    ("atomic count", "each reference", |many| pairs(&Atomic::default(), OWNER, many)),
    ("an object's lock", "each access to an object", object_lock),
    ("is the lock wanted?", "each call, each turn of a loop", one_look),
];

/// What the operations cost, the plain count first: each is timed in so many rounds of so many.
///
/// # Errors
/// If a count is wrong afterwards.
pub fn costs(many: u64, rounds: usize) -> Result<Vec<Cost>> {
    let times = fastest(rounds, &OPERATIONS, |(_, _, operation)| operation(many))?;
    let cost = |(&(name, paid, _), time): (&(_, _, Operation), &Duration)| Cost {
        name,
        paid,
        nanos: time.as_secs_f64() * 1e9 / many as f64,
    };
    Ok(OPERATIONS.iter().zip(&times).map(cost).collect())
}

fn object_lock(many: u64) -> Result {
    let lock = black_box(ObjectLock::default());
    (0..many).for_each(|_| lock.with(|| black_box(())));
    Ok(())
}

/// The check of a thread that has the lock, and whom nobody has asked for it.
fn one_look(many: u64) -> Result {
    let (lock, mut me) = (black_box(Interval::default()), ThreadState::new(OWNER));
    lock.take(&mut me);
    (0..many).for_each(|_| lock.check(black_box(&mut me)));
    lock.give(&mut me);
    Ok(())
}

/// A reference more and a reference less, so many times, by this thread; there is always another.
fn pairs<C: Count>(count: &C, me: u32, many: u64) -> Result {
    count.start(OWNER);
    count.retain(me);
    let count = black_box(count);
    for _ in 0..many {
        count.retain(me);
        if count.release(me) != Released::Kept {
            return Err("an object was to be freed that has references".into());
        }
    }
    match count.references() {
        2 => Ok(()),
        wrong => Err(format!("there are 2 references, but {wrong} were counted").into()),
    }
}
