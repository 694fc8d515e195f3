//! How an interpreter keeps its threads from treading on each other: one trait, a file for each
//! way.
//!
//! | file | who may run | reference counts | an object's contents |
//! |---|---|---|---|
//! | [`none`] | all | plain, and so wrong | at the mercy of luck |
//! | [`under_lock`] | who holds the one lock | plain | as the lock allows |
//! | [`per_interpreter`] | one thread of each interpreter | plain | nothing is shared |
//! | [`fine_grained`] | all | atomic | a lock an object |
//! | [`free_threaded`] | all | biased | a lock an object to write, none to read |

pub mod fine_grained;
pub mod free_threaded;
pub mod none;
pub mod per_interpreter;
pub mod under_lock;

use std::time::Duration;

use crate::count::Count;
use crate::object_lock::ObjectLock;
use crate::thread::ThreadState;
use crate::vm::value::Value;

/// What the interpreter asks of whoever keeps its threads in order.
pub trait Strategy: Send + Sync + 'static {
    /// Its name in tables.
    const NAME: &'static str;

    /// Whether [`tick`](Strategy::tick) is called.
    const TICKS: bool = false;

    /// How a reference is read from where another thread may replace it.
    const READS: Reads = Reads::Plain;

    /// The reference count that every object has.
    type Count: Count;

    /// A thread begins to run bytecode: once, before it makes an object, and with a number that no
    /// other thread has or had.
    fn attach(&self, _me: &mut ThreadState) {}

    /// A thread has run its last bytecode. What comes back was handed to it meanwhile: it merges
    /// that and calls this again, until nothing does. Only then has it ended, and from then on it
    /// may neither make an object nor count one.
    #[must_use]
    fn detach(&self, _me: &mut ThreadState) -> Vec<Value> {
        Vec::new()
    }

    /// Where a thread may be made to wait: on backward jumps, on entry to a function, after calls.
    /// CPython's *eval breaker*.
    #[inline]
    fn check(&self, _me: &mut ThreadState) {}

    /// Before most instructions, if [`TICKS`](Strategy::TICKS).
    #[inline]
    fn tick(&self, _me: &mut ThreadState) {}

    /// Runs `call`, which may block or compute for long, and needs nothing of the interpreter.
    fn outside<R>(&self, _me: &mut ThreadState, call: impl FnOnce() -> R) -> R {
        call()
    }

    /// Runs `critical`, which changes an object that has this lock.
    #[inline]
    fn locked<R>(&self, _lock: &ObjectLock, critical: impl FnOnce() -> R) -> R {
        critical()
    }

    /// Hands an object to the thread that owns its count: see
    /// [`Released::Queued`](crate::count::Released::Queued). `false` if that thread has ended: then
    /// it is the caller who [merges](Count::merge) the count, and nobody else does.
    #[must_use]
    fn hand_over(&self, _owner: u32, _object: Value) -> bool {
        false
    }

    /// Takes the objects that were handed to this thread, if there are any.
    #[inline]
    fn handed(&self, _me: &ThreadState) -> Option<Vec<Value>> {
        None
    }

    /// `sys.setswitchinterval`; without effect where there is no interval.
    fn set_interval(&self, _interval: Duration) {}
}

/// How a reference is read from a place that another thread may write meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// Read it, then count it: nobody comes between, or so it is hoped.
    Plain,
    /// The same, while the lock of the object that it lies in is held.
    Locked,
    /// Count it if it is not being freed, then look whether it still lies there.
    Optimistic,
}
