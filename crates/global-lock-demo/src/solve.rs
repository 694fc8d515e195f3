//! This chapter's way to solve the problems: threads under a global lock. Read `solve/threads.rs`
//! beside the file of that name in `threading-demo`: the difference is the lesson.

mod attached;
mod no_lock;
mod threads;

use workloads::{Approach, Result};

pub use self::attached::Attached;
pub use self::no_lock::NoLock;
pub use self::threads::Threads;

use crate::lock::{Interval, Legacy};

/// Threads under the lock since 3.2.
pub const GLOBAL_LOCK: Threads<Interval> = Threads::called("global lock");

/// Threads under the lock of up to 3.1.
pub const LEGACY_LOCK: Threads<Legacy> = Threads::called("legacy lock");

/// The same threads with nothing to hold them back, for comparison.
pub const NO_LOCK: Threads<NoLock> = Threads::called("no lock");

/// Those under a lock.
///
/// # Errors
/// None; as in the other chapters.
pub fn approaches() -> Result<Vec<Box<dyn Approach>>> {
    Ok(vec![Box::new(GLOBAL_LOCK), Box::new(LEGACY_LOCK)])
}
