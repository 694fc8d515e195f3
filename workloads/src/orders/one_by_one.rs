//! The job without any concurrency: how much of it is computing, and so what is left when all waiting
//! overlaps.

use std::ops::Range;
use std::time::Duration;

use super::{THINK_MS, Totals};
use crate::error::{Error, Result};
use crate::{Approach, Service};

/// One page after another, on one thread.
#[derive(Debug, Clone, Copy)]
pub struct OneByOne {
    /// From beginning to end.
    pub wall: Duration,
    /// The processor time of this thread alone: the service has its own.
    pub computing: Duration,
}

impl OneByOne {
    /// How much of it was computing, from 0 to 1.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.computing.as_secs_f64() / self.wall.as_secs_f64()
    }

    /// How many times as fast it can be on one thread that computes for so long (Amdahl's law): all
    /// waiting at once, but the first page must come before there is anything to compute.
    #[must_use]
    pub fn bound(&self, computing: Duration) -> f64 {
        let left = computing + Duration::from_millis(THINK_MS);
        self.wall.as_secs_f64() / left.as_secs_f64()
    }
}

/// Runs the job, for its time alone; but a wrong total has no time.
///
/// # Errors
/// Those of the approach; and [`Error::Refused`] if it adds up wrong.
pub fn checked(approach: &dyn Approach, service: &Service, pages: Range<u32>) -> Result<()> {
    match approach.orders(service, pages.clone())? == Totals::known(pages) {
        true => Ok(()),
        false => Err(Error::Refused("the orders were added up wrong")),
    }
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
