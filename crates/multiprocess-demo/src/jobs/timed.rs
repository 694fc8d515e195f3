//! Functions that say where and when they ran, and one that is not worth a message.

use std::ops::Range;
use std::process;
use std::time::{Duration, Instant};

use nix::time::{ClockId, clock_gettime};
use workloads::primes;

use crate::Function;

/// Who ran it, from when to when.
pub type Ran = (u32, u64, u64);

/// Nanoseconds of a clock that is the same one in all processes of this machine (clock_gettime(2),
/// `CLOCK_MONOTONIC`).
///
/// # Panics
/// If there is no such clock; POSIX has it.
#[must_use]
pub fn now() -> u64 {
    let time = clock_gettime(ClockId::CLOCK_MONOTONIC).expect("a clock that every system has");
    Duration::from(time).as_nanos() as u64
}

/// The number after this one: a task for which nobody would go to another process.
pub const NEXT: Function<u64, u64> = Function::new("next", |number| number.wrapping_add(1));

/// Computes for so many microseconds.
pub const STRETCH: Function<u64, Ran> = Function::new("stretch", |micros| {
    let (from, start) = (now(), Instant::now());
    while start.elapsed() < Duration::from_micros(micros) {
        std::hint::spin_loop();
    }
    (process::id(), from, now())
});

/// How many primes there are in the range.
pub const COUNT: Function<Range<u64>, (u64, Ran)> = Function::new("count, timed", |range| {
    let from = now();
    let count = primes::count(range);
    (count, (process::id(), from, now()))
});
