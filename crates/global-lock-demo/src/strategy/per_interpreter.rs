//! One lock for each of several interpreters in one process (PEP 684, CPython 3.12): threads of
//! different interpreters run at the same time, and no object is ever seen by two of them. What
//! one tells another is copied: a [`Message`](crate::vm::Message).
//!
//! The lock is [`Interval`] itself, once for each. Left out: what is immortal for all interpreters
//! (PEP 683) is here each program's own.

use std::thread;

use crate::lock::Interval;
use crate::vm::fault::Failure;
use crate::vm::{Outcome, Setup};

use super::under_lock::UnderLock;

/// One of several interpreters.
pub type Isolated = UnderLock<Interval>;

/// Runs programs at the same time, each in an interpreter of its own; the results in their order.
///
/// # Errors
/// The first that failed. All have ended then.
pub fn run(programs: Vec<Setup<Isolated>>) -> Result<Vec<Outcome>, Failure> {
    thread::scope(|scope| {
        let start = |program: Setup<Isolated>| scope.spawn(|| program.run());
        let threads: Vec<_> = programs.into_iter().map(start).collect();
        let results: Vec<_> = threads.into_iter().map(thread::ScopedJoinHandle::join).collect();
        let ended = |result: thread::Result<_>| {
            result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        results.into_iter().map(ended).collect()
    })
}
