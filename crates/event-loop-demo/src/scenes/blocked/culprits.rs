//! The ways to do an errand: those that block the loop, and those that don't.

use std::thread;
use std::time::Instant;

use workloads::{Error, Result, blocking, primes};

use super::errand::{Errand, count};
use crate::runtime::{offload, yield_now};
use crate::solve::get;

/// In how many pieces who yields does the work.
pub const PIECES: u64 = 100;

/// Where the work was done, and from when to when each piece of it.
pub struct Work {
    /// The name of its lane.
    pub place: &'static str,
    /// Its pieces.
    pub spans: Vec<(Instant, Instant)>,
}

/// Who does the errand, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Culprit {
    /// Counts primes, and awaits nothing.
    Computes,
    /// Calls a function that sleeps: `time.sleep` in a coroutine.
    Sleeps,
    /// Asks the service by a library that blocks: `requests` in a coroutine.
    Asks,
    /// Counts primes in pieces, and lets the others run after each.
    Yields,
    /// Counts primes on an offload thread.
    ComputesElsewhere,
    /// Asks by the same library, on an offload thread.
    AsksElsewhere,
    /// Asks with the loop's own socket, and awaits the reply.
    Awaits,
}

use Culprit::{Asks, AsksElsewhere, Awaits, Computes, ComputesElsewhere, Sleeps, Yields};

impl Culprit {
    /// All of them: first who blocks the loop, then who doesn't.
    pub const ALL: [Culprit; 7] =
        [Computes, Sleeps, Asks, Yields, ComputesElsewhere, AsksElsewhere, Awaits];

    /// What it does.
    pub fn name(self) -> &'static str {
        match self {
            Computes => "counts primes",
            Sleeps => "thread::sleep()",
            Asks => "blocking::get()",
            Yields => "in pieces, yield_now()",
            ComputesElsewhere => "offload(counts primes)",
            AsksElsewhere => "offload(blocking::get())",
            Awaits => "awaits the reply",
        }
    }

    /// The same in a word or two.
    pub fn short(self) -> &'static str {
        match self {
            Computes => "computing",
            Sleeps => "sleeping",
            Asks => "asking",
            Yields => "in pieces",
            ComputesElsewhere => "computing on a thread",
            AsksElsewhere => "asking on a thread",
            Awaits => "awaiting",
        }
    }

    /// Whether it keeps the loop for itself.
    pub fn blocks(self) -> bool {
        matches!(self, Computes | Sleeps | Asks)
    }

    /// Does the errand.
    pub(super) async fn run(self, errand: Errand) -> Result<Work> {
        let below = errand.below;
        let here = |span| Work { place: "the culprit", spans: vec![span] };
        let elsewhere = |span| Work { place: "a thread", spans: vec![span] };
        Ok(match self {
            Computes => here(timed(|| count(0..below))),
            Sleeps => here(timed(|| thread::sleep(errand.length))),
            Asks => {
                let request = errand.request();
                let (from, reply) = (Instant::now(), blocking::get(errand.service, &request));
                reply?.ok(&request)?;
                here((from, Instant::now()))
            }
            Yields => {
                let mut spans = Vec::new();
                for piece in primes::split(below, PIECES)? {
                    spans.push(timed(|| count(piece)));
                    yield_now().await;
                }
                Work { place: "the culprit", spans }
            }
            ComputesElsewhere => {
                elsewhere(offload(move || timed(|| count(0..below))).await.map_err(Error::from)?)
            }
            AsksElsewhere => {
                let (from, request) = (Instant::now(), errand.request());
                let reply = offload(move || blocking::get(errand.service, &request));
                reply.await.map_err(Error::from)??;
                elsewhere((from, Instant::now()))
            }
            Awaits => {
                let from = Instant::now();
                get(errand.service, errand.request()).await?;
                here((from, Instant::now()))
            }
        })
    }
}

fn timed<T>(what: impl FnOnce() -> T) -> (Instant, Instant) {
    let from = Instant::now();
    what();
    (from, Instant::now())
}
