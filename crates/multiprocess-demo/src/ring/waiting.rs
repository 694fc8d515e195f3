//! To spin or to sleep.
//!
//! To put a process to sleep on one core and wake it from another costs tens of microseconds,
//! most of which is the way out of the other core's idle state. To look at memory again and again
//! costs nothing but the core, and an answer is seen within a fraction of a microsecond. But when
//! the other process needs *this* core to answer, every look delays the answer.
//!
//! So each end says on which core it runs, and one that waits spins only while the other is awake
//! and was last seen elsewhere; and it spins no longer than a sleep would have cost. Then it has
//! wasted at most as much again as the best choice would have cost, whatever the other does (Karlin,
//! Li, Manasse and Owicki, "Empirical studies of competitive spinning for a shared-memory
//! multiprocessor", SOSP 1991).

use std::time::{Duration, Instant};

/// About what it costs to sleep, and to be woken from another core.
pub const A_SLEEP: Duration = Duration::from_micros(50);

/// How often to look between two looks at the clock, which cost more.
pub const LOOKS: u32 = 64;

/// The processor that this thread runs on, counted from 1. On Linux the kernel keeps the number in
/// the thread's own memory (rseq), so that this is a load and no system call.
#[cfg(target_os = "linux")]
#[must_use]
pub fn here() -> u32 {
    nix::sched::sched_getcpu().map_or(0, |cpu| cpu as u32 + 1)
}

/// Nobody says on this system which processor a thread runs on: so nobody spins.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn here() -> u32 {
    0
}

/// Whether two processors are known, and not the same.
#[must_use]
pub fn apart(here: u32, there: u32) -> bool {
    here != 0 && there != 0 && here != there
}

/// Looks for as long as a sleep costs.
#[derive(Debug, Default)]
pub struct Patience {
    since: Option<Instant>,
    looked: bool,
}

impl Patience {
    /// Whether to look some times more, before one asks again: at most [`LOOKS`], or the time gets
    /// long.
    pub fn lasts(&mut self) -> bool {
        // The first looks are often enough: no clock is asked for them.
        if !std::mem::replace(&mut self.looked, true) {
            return true;
        }
        self.since.get_or_insert_with(Instant::now).elapsed() < A_SLEEP
    }
}
