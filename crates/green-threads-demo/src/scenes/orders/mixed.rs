//! Orders: how much of the job is computing, and so what is left when all waiting overlaps.

use std::cell::Cell;
use std::time::{Duration, Instant};

use stage::contest::Times;
use stage::{Contest, Result, thread_time};
use workloads::orders::{OneByOne, checked};
use workloads::{Approach, Sequential, Service};

/// Runs the job without any concurrency.
pub fn sequential(service: &Service, pages: u32) -> Result<OneByOne> {
    let (cpu, start) = (thread_time(), Instant::now());
    checked(&Sequential, service, 0..pages)?;
    Ok(OneByOne { wall: start.elapsed(), computing: thread_time().saturating_sub(cpu) })
}

/// Runs the job by an approach that computes on this thread. With the times comes the least
/// processor time.
pub fn with(
    approach: &impl Approach,
    service: &Service,
    pages: u32,
    rounds: usize,
) -> Result<(Times, Duration)> {
    let computed = Cell::new(Duration::MAX);
    let mut contest = Contest::new();
    contest.enter(approach.name(), || {
        let cpu = thread_time();
        checked(approach, service, 0..pages)?;
        computed.set(computed.get().min(thread_time().saturating_sub(cpu)));
        Ok(())
    });
    let times = contest.run(rounds)?.pop().ok_or("nobody ran")?;
    Ok((times, computed.get()))
}
