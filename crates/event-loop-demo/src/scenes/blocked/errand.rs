//! What is to be done, and how long it takes here.

use std::hint::black_box;
use std::net::SocketAddr;
use std::ops::Range;
use std::time::Duration;

use stage::thread_time;
use workloads::http::Request;
use workloads::{Result, primes};

use super::culprits::PIECES;

/// What is to be done: to count primes, or to wait for as long as that takes.
#[derive(Clone)]
pub struct Errand {
    /// The primes below this number.
    pub(super) below: u64,
    /// How long it takes when nobody else has anything to do.
    pub length: Duration,
    pub(super) service: SocketAddr,
}

impl Errand {
    /// As many primes as can be counted in about so many milliseconds, and how long that takes.
    pub(super) fn measured(about_ms: u64, service: SocketAddr) -> Result<Errand> {
        // The fastest of three, by the time on a core: so it is the same on a busy machine.
        let took = |below| {
            let times = (0..3).map(|_| {
                let before = thread_time();
                count(0..below);
                thread_time().saturating_sub(before)
            });
            times.min().unwrap_or_default()
        };
        // Trial division of all numbers below n takes about n^1.5: once more, with what is left.
        let goal = Duration::from_millis(about_ms).as_secs_f64();
        let mut below = 20_000_u64;
        for _ in 0..2 {
            let factor = (goal / took(below).as_secs_f64().max(1e-6)).powf(1.0 / 1.5);
            below = ((below as f64 * factor) as u64).clamp(PIECES, 10_000_000);
        }
        Ok(Errand { below, length: took(below), service })
    }

    /// From which length on a poll is slow. So near to the errand's own, because any poll looks
    /// as slow if another program has the core in the middle of it; and no nearer, because a core
    /// may be almost twice as fast as when the errand was measured.
    pub(super) fn limit(&self) -> Duration {
        self.length / 2
    }

    /// What makes the service think for as long.
    pub(super) fn request(&self) -> Request {
        Request::get(format!("/think?id=7&ms={}", self.length.as_millis() + 1))
    }
}

/// Counts, for nothing but the time that it takes.
pub(super) fn count(range: Range<u64>) {
    black_box(primes::count(black_box(range)));
}
