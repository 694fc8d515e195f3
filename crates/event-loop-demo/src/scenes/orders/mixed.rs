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

/// Runs the job by each approach, in turns. With each time comes the least processor time of this
/// thread: that of a loop which runs here.
pub fn contest(
    approaches: &[Box<dyn Approach>],
    service: &Service,
    pages: u32,
    rounds: usize,
) -> Result<Vec<(Times, Duration)>> {
    let here: Vec<_> = approaches.iter().map(|_| Cell::new(Duration::MAX)).collect();
    let mut contest = Contest::new();
    for (approach, here) in approaches.iter().zip(&here) {
        contest.enter(approach.name(), || {
            let cpu = thread_time();
            checked(approach.as_ref(), service, 0..pages)?;
            here.set(here.get().min(thread_time().saturating_sub(cpu)));
            Ok(())
        });
    }
    let times = contest.run(rounds)?;
    Ok(times.into_iter().zip(here.iter().map(Cell::get)).collect())
}
