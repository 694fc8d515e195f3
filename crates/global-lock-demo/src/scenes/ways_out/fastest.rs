//! How little of the processor's time a thing can take.

use std::time::Duration;

use stage::{Result, cpu_time};

/// Does some things in turns, in so many rounds, and returns the least time that each has taken. It
/// is the processor's time, so that what other programs take does not count; and the least, because
/// what else they do, to the caches and to the clock, only makes a round slower.
///
/// # Errors
/// The first that failed.
pub fn fastest<T>(
    rounds: usize,
    things: &[T],
    act: impl Fn(&T) -> Result,
) -> Result<Vec<Duration>> {
    let mut least = vec![Duration::MAX; things.len()];
    for _ in 0..rounds {
        for (thing, least) in things.iter().zip(&mut least) {
            let start = cpu_time();
            act(thing)?;
            *least = (*least).min(cpu_time().saturating_sub(start));
        }
    }
    Ok(least)
}
