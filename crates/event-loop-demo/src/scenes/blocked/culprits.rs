//! One errand, and the ways to do it: those that block the loop, and those that don't.

use std::hint::black_box;
use std::net::SocketAddr;
use std::ops::Range;
use std::thread;
use std::time::{Duration, Instant};

use nix::time::ClockId;
use workloads::http::{Incoming, Request};
use workloads::{Error, Result, blocking, primes};

use crate::runtime::net::TcpStream;
use crate::runtime::{Failed, offload, yield_now};

/// In how many pieces who yields does the work.
pub const PIECES: u64 = 100;

/// What is to be done: to count primes, or to wait for as long as that takes.
#[derive(Clone)]
pub struct Errand {
    below: u64,
    /// How long it takes when nobody else has anything to do.
    pub length: Duration,
    service: SocketAddr,
}

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
            Yields => "primes in pieces, yield_now()",
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
                elsewhere(offload(move || timed(|| count(0..below))).await.map_err(failed)?)
            }
            AsksElsewhere => {
                let (from, request) = (Instant::now(), errand.request());
                let reply = offload(move || blocking::get(errand.service, &request));
                reply.await.map_err(failed)??;
                elsewhere((from, Instant::now()))
            }
            Awaits => {
                let from = Instant::now();
                get(errand.service, &errand.request()).await?;
                here((from, Instant::now()))
            }
        })
    }
}

impl Errand {
    /// As many primes as can be counted in about so many milliseconds, and how long that takes.
    pub(super) fn measured(about_ms: u64, service: SocketAddr) -> Result<Errand> {
        // The fastest of three, by the time on a core: so it is the same on a busy machine.
        let took = |below| {
            let times = (0..3).map(|_| {
                let before = time_on_a_core();
                count(0..below);
                time_on_a_core().saturating_sub(before)
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
    /// as slow if another program has the core in the middle of it.
    pub(super) fn limit(&self) -> Duration {
        self.length * 3 / 4
    }

    fn request(&self) -> Request {
        Request::get(format!("/think?id=7&ms={}", self.length.as_millis() + 1))
    }
}

/// That this thread has had so far.
fn time_on_a_core() -> Duration {
    ClockId::CLOCK_THREAD_CPUTIME_ID.now().map_or(Duration::ZERO, Duration::from)
}

fn timed<T>(what: impl FnOnce() -> T) -> (Instant, Instant) {
    let from = Instant::now();
    what();
    (from, Instant::now())
}

fn count(range: Range<u64>) {
    black_box(primes::count(black_box(range)));
}

fn failed(why: Failed) -> Error {
    match why {
        Failed::Panicked(panic) => Error::panicked(panic),
        Failed::Cancelled => Error::Refused("the task was cancelled"),
    }
}

/// As [`blocking::get`], and waits where that blocks.
async fn get(address: SocketAddr, request: &Request) -> Result<()> {
    let asking = || format!("GET {}", request.target);
    let stream = TcpStream::connect(address).await.map_err(Error::io(asking()))?;
    stream.write_all(&request.bytes()).await.map_err(Error::io(asking()))?;
    let (mut incoming, mut buffer) = (Incoming::default(), [0; 1024]);
    loop {
        let read = stream.read(&mut buffer).await.map_err(Error::io(asking()))?;
        if let Some(reply) = incoming.received(request, &buffer[..read])? {
            return reply.ok(request).map(drop);
        }
    }
}
