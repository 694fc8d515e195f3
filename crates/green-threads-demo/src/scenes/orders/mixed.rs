//! Orders: how much of the job is computing, and so what is left when all waiting overlaps.

use std::cell::Cell;
use std::time::{Duration, Instant};

use nix::time::{ClockId, clock_gettime};
use stage::contest::Times;
use stage::{Contest, Result};
use workloads::orders::{THINK_MS, Totals};
use workloads::{Approach, Sequential, Service};

/// One page after another.
pub struct OneByOne {
    pub wall: Duration,
    /// The processor time of this thread alone: the service has its own.
    pub computing: Duration,
}

impl OneByOne {
    /// How much of it was computing, from 0 to 1.
    pub fn share(&self) -> f64 {
        self.computing.as_secs_f64() / self.wall.as_secs_f64()
    }

    /// How many times as fast it can be on one thread that computes for so long: all waiting at
    /// once, but the first page must come before there is anything to compute.
    pub fn bound(&self, computing: Duration) -> f64 {
        let left = computing + Duration::from_millis(THINK_MS);
        self.wall.as_secs_f64() / left.as_secs_f64()
    }
}

/// Runs the job without any concurrency.
pub fn sequential(service: &Service, pages: u32) -> Result<OneByOne> {
    let (cpu, start) = (thread_cpu()?, Instant::now());
    checked(&Sequential, service, pages)?;
    Ok(OneByOne { wall: start.elapsed(), computing: thread_cpu()?.saturating_sub(cpu) })
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
        let cpu = thread_cpu()?;
        checked(approach, service, pages)?;
        computed.set(computed.get().min(thread_cpu()?.saturating_sub(cpu)));
        Ok(())
    });
    let times = contest.run(rounds)?.pop().ok_or("nobody ran")?;
    Ok((times, computed.get()))
}

/// A wrong total has no time.
fn checked(approach: &impl Approach, service: &Service, pages: u32) -> Result {
    match approach.orders(service, 0..pages)? == Totals::known(0..pages) {
        true => Ok(()),
        false => Err(format!("{} adds up wrong", approach.name()).into()),
    }
}

fn thread_cpu() -> Result<Duration> {
    Ok(clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_the_computing_and_one_wait() {
        let [wall, computing] = [1_100, 100].map(Duration::from_millis);
        let job = OneByOne { wall, computing };
        assert!((job.share() - 1.0 / 11.0).abs() < 1e-9);
        assert!((job.bound(computing) - 10.0).abs() < 1e-9);
    }
}
