//! The lock that gives an interpreter's threads turns: three of them behind one trait.
//!
//! | file | |
//! |---|---|
//! | [`legacy`] | CPython up to 3.1: give way every hundred ticks |
//! | [`interval`] | CPython from 3.2 on: who waits for 5 ms asks, and is waited for |
//! | [`fair`] | no interpreter's: who waits is next |

pub mod fair;
pub mod interval;
pub mod legacy;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

pub use fair::Fair;
pub use interval::Interval;
pub use legacy::Legacy;

use crate::thread::ThreadState;

/// A lock that only one of the interpreter's threads holds: who holds it runs.
pub trait GlobalLock: Send + Sync + 'static {
    /// Its name in tables.
    const NAME: &'static str;

    /// Whether the interpreter counts ticks for it: see [`tick`](GlobalLock::tick).
    const TICKS: bool = false;

    /// Waits for the lock and takes it. From its return on the thread is recorded as
    /// [`HOLDS`](crate::thread::HOLDS).
    fn take(&self, me: &mut ThreadState);

    /// Gives the lock up: before a call that blocks, and at the thread's end. The thread is
    /// recorded as [`OUTSIDE`](crate::thread::OUTSIDE), from before anybody else can take the lock.
    fn give(&self, me: &mut ThreadState);

    /// Gives the lock up and takes it again if another thread has asked for that. The interpreter
    /// calls this where it may lose the lock: on backward jumps, on entry to a function, and
    /// after calls. Mostly nobody has asked, so this is one load of a flag.
    fn check(&self, me: &mut ThreadState);

    /// Gives the lock up and takes it again if enough ticks have passed. The interpreter calls this
    /// on most instructions, where [`TICKS`](GlobalLock::TICKS) says so.
    fn tick(&self, _me: &mut ThreadState) {}

    /// `sys.setswitchinterval`: how long a thread waits before it asks. Without effect where nobody
    /// asks.
    fn set_interval(&self, _interval: Duration) {}

    /// Runs `call`, which may block, without the lock. If `call` panics, it does so with the lock
    /// held again, as the caller had it.
    fn outside<R>(&self, me: &mut ThreadState, call: impl FnOnce() -> R) -> R {
        self.give(me);
        let result = catch_unwind(AssertUnwindSafe(call));
        self.take(me);
        result.unwrap_or_else(|panic| resume_unwind(panic))
    }
}
