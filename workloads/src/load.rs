//! The load generator: many clients on one thread, every reply checked.
//!
//! **Closed loop**: each client asks again as soon as it has its reply. It can't overrun the
//! server, and therefore can't show what overrunning does: while the server stalls, nobody asks,
//! and the requests that would have waited are never counted (coordinated omission).
//!
//! **Open loop**: requests come at their own rate, as from people who don't know of one another.
//! Each has a time at which it is due, and its latency counts *from then*, also when all clients
//! were busy and it was sent later. The queue is in the numbers.

mod client;
mod pacer;
pub mod serving;

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use client::Client;
use hdrhistogram::Histogram;
use mio::{Events, Poll, Token};
use pacer::Pacer;

use crate::error::{Error, Result, within};
use crate::http::{Reply, Request};
use crate::{fetch, limits, primes, serve};

/// How many clients there may be.
pub const CLIENTS: RangeInclusive<u64> = 1..=50_000;

/// How many requests a second an open loop may make.
pub const PER_SECOND: RangeInclusive<u64> = 1..=100_000;

/// How many requests a load may make.
pub const REQUESTS: RangeInclusive<u64> = 1..=1_000_000_000;

/// How long a load may go on, in seconds.
pub const SECONDS: RangeInclusive<u64> = 0..=86_400;

/// How long to wait for any reply at all before all is given up.
const STALL: Duration = Duration::from_secs(90);

const WAKER: Token = Token(usize::MAX);

/// A request, and the only reply to it that is right.
#[derive(Debug, Clone)]
pub struct Question {
    /// What is asked.
    pub request: Request,
    /// What must be answered.
    pub answer: Reply,
}

impl Question {
    /// The cheap question of [`serve`](mod@crate::serve), about `n`.
    #[must_use]
    pub fn cheap(n: u64) -> Question {
        let n = n % 1_000_000;
        Question { request: Request::get(format!("/cheap?n={n}")), answer: serve::cheap_answer(n) }
    }

    /// The expensive question of [`serve`](mod@crate::serve): the primes below a million, some 50
    /// ms of computing.
    #[must_use]
    pub fn expensive() -> Question {
        let known = primes::PI_OF_POWERS_OF_TEN[6];
        let request = Request::get("/expensive?below=1000000");
        Question { request, answer: Reply::text(200, format!("{known}\n")) }
    }

    /// A question to the slow service, which thinks for so many milliseconds.
    #[must_use]
    pub fn think(id: u64, ms: u64) -> Question {
        let request = Request::get(format!("/think?id={id}&ms={ms}"));
        Question { request, answer: fetch::answer(id) }
    }
}

/// When the clients ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Each client as soon as it has its last reply.
    Closed,
    /// All together so many times a second, evenly, whether or not there are replies.
    Open {
        /// Requests a second.
        per_second: u64,
    },
}

/// When the clients have asked enough. What is in flight then is still waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// After so many requests, within [`REQUESTS`].
    Requests(u64),
    /// After so long, within [`SECONDS`]. In an open loop this says how many requests are due, and
    /// they are all made, however long that takes.
    Elapsed(Duration),
}

/// A load to put on a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Where the server listens.
    pub address: SocketAddr,
    /// How many clients, each with one connection and one question at a time.
    pub clients: usize,
    /// When they ask.
    pub pace: Pace,
    /// When they end.
    pub until: Until,
}

/// How it went.
#[derive(Debug, Clone)]
pub struct Report {
    /// From when each request was due to when its right reply was there, in nanoseconds.
    pub latency: Histogram<u64>,
    /// From when each request was due to when it was sent, in nanoseconds: waiting for a free
    /// client, and the generator's own resolution.
    pub sent_late: Histogram<u64>,
    /// How many got the right reply.
    pub right: u64,
    /// How many got a wrong reply, or none because the connection broke.
    pub wrong: u64,
    /// What was wrong with the first of those.
    pub first_wrong: Option<String>,
    /// How long it took altogether.
    pub elapsed: Duration,
}

impl Report {
    /// Right replies a second.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        self.right as f64 / self.elapsed.as_secs_f64()
    }

    /// The latency that this share of the requests did not exceed: 0.99 gives the p99.
    #[must_use]
    pub fn latency_at(&self, share: f64) -> Duration {
        Duration::from_nanos(self.latency.value_at_quantile(share))
    }
}

impl Load {
    /// Puts the load on the server: request `i` is `question(i)`.
    ///
    /// # Errors
    /// [`Error::Bound`] for [`CLIENTS`], [`PER_SECOND`], [`REQUESTS`] and [`SECONDS`];
    /// [`Error::Io`] if the server cannot be connected to, or gives no reply to anyone for 90 s.
    /// A wrong reply is no error but counted.
    pub fn run(&self, question: impl Fn(u64) -> Question) -> Result<Report> {
        self.check()?;
        limits::allow_many_files();
        let loading = || format!("loading {}", self.address);
        let mut poll = Poll::new().map_err(Error::io(loading()))?;
        let mut clients = (0..self.clients)
            .map(|id| Client::connect(self.address, &poll, Token(id)))
            .collect::<Result<Vec<_>>>()?;
        let mut events = Events::with_capacity(1024);
        let mut idle = VecDeque::from_iter(0..self.clients);
        let mut report = Report::new();
        let start = Instant::now();
        let _pacer = match self.pace {
            Pace::Closed => None,
            Pace::Open { per_second } => Some(Pacer::start(&poll, start, per_second)?),
        };
        let (mut asked, mut last_reply) = (0, start);
        loop {
            // Each idle client once, in turns, and then a look at the replies of the others: one
            // that is always answered at once must not have the generator for itself.
            for _ in 0..idle.len() {
                let Some(due) = self.due_now(asked, start) else { break };
                let Some(id) = idle.pop_front() else { break };
                report.sent_late.saturating_record(nanos(due.elapsed()));
                clients[id].ask(question(asked), due);
                asked += 1;
                report.note(&mut clients[id], &poll, &mut idle)?;
            }
            if self.due(asked, start).is_none() && idle.len() == self.clients {
                report.elapsed = start.elapsed();
                return Ok(report);
            }
            if last_reply.elapsed() > STALL {
                let why = std::io::Error::new(ErrorKind::TimedOut, "no reply to anyone for 90 s");
                return Err(Error::io(loading())(why));
            }
            let more = !idle.is_empty() && self.due_now(asked, start).is_some();
            let nap = if more { Duration::ZERO } else { Duration::from_millis(100) };
            match poll.poll(&mut events, Some(nap)) {
                Err(why) if why.kind() != ErrorKind::Interrupted => {
                    return Err(Error::io(loading())(why));
                }
                _ => {}
            }
            for event in events.iter().filter(|event| event.token() != WAKER) {
                last_reply = Instant::now();
                report.note(&mut clients[event.token().0], &poll, &mut idle)?;
            }
        }
    }

    fn check(&self) -> Result<()> {
        within("clients", self.clients as u64, CLIENTS)?;
        if let Pace::Open { per_second } = self.pace {
            within("requests a second", per_second, PER_SECOND)?;
        }
        match self.until {
            Until::Requests(requests) => within("requests to make", requests, REQUESTS)?,
            Until::Elapsed(elapsed) => within("seconds of load", elapsed.as_secs(), SECONDS)?,
        };
        Ok(())
    }

    /// When request `i` was due, if it is due by now.
    fn due_now(&self, i: u64, start: Instant) -> Option<Instant> {
        self.due(i, start).filter(|due| *due <= Instant::now())
    }

    /// When request `i` is due; nothing if there is no request `i`.
    fn due(&self, i: u64, start: Instant) -> Option<Instant> {
        let due = match self.pace {
            Pace::Closed => Instant::now(),
            Pace::Open { per_second } => start + pacer::due(i, per_second),
        };
        match self.until {
            Until::Requests(requests) => (i < requests).then_some(due),
            Until::Elapsed(elapsed) => (due < start + elapsed).then_some(due),
        }
    }
}

impl Report {
    fn new() -> Report {
        // From 1 ns to 100 s, to three digits.
        let histogram =
            || Histogram::new_with_max(100_000_000_000, 3).expect("the bounds are valid");
        Report {
            latency: histogram(),
            sent_late: histogram(),
            right: 0,
            wrong: 0,
            first_wrong: None,
            elapsed: Duration::ZERO,
        }
    }

    /// Moves a client on, and notes how its question ended, if it has.
    fn note(&mut self, client: &mut Client, poll: &Poll, idle: &mut VecDeque<usize>) -> Result<()> {
        let Some((took, outcome)) = client.proceed(poll)? else { return Ok(()) };
        match outcome {
            Ok(()) => {
                self.right += 1;
                self.latency.saturating_record(nanos(took));
            }
            Err(why) => {
                self.wrong += 1;
                self.first_wrong.get_or_insert(why.to_string());
            }
        }
        idle.push_back(client.id());
        Ok(())
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
