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

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use client::Client;
use hdrhistogram::Histogram;
use mio::{Events, Poll, Token, Waker};

use crate::error::{Error, Result, within};
use crate::http::{Reply, Request};
use crate::stop::Stop;
use crate::{fetch, limits, serve};

/// How many clients there may be.
pub const CLIENTS: RangeInclusive<u64> = 1..=50_000;

/// How many requests a second an open loop may make.
pub const PER_SECOND: RangeInclusive<u64> = 1..=100_000;

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
    /// After so many requests.
    Requests(u64),
    /// After so long.
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
    /// [`Error::Bound`] for [`CLIENTS`] and [`PER_SECOND`]; [`Error::Io`] if the server cannot be
    /// connected to, or gives no reply to anyone for 90 s. A wrong reply is no error but counted.
    pub fn run(&self, question: impl Fn(u64) -> Question) -> Result<Report> {
        within("clients", self.clients as u64, CLIENTS)?;
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
            if self.due(asked, start, Instant::now()).is_none() && idle.len() == self.clients {
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

    /// When request `i` was due, if it is due by now. A client may be answered while the others
    /// are sent off, so "now" is asked for anew for each request.
    fn due_now(&self, i: u64, start: Instant) -> Option<Instant> {
        let now = Instant::now();
        self.due(i, start, now).filter(|due| *due <= now)
    }

    /// When request `i` is due; nothing if there is no request `i`.
    fn due(&self, i: u64, start: Instant, now: Instant) -> Option<Instant> {
        let due = match self.pace {
            Pace::Closed => now,
            Pace::Open { per_second } => start + nth(i, per_second),
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

/// How long after the start request `i` of an open loop is due.
fn nth(i: u64, per_second: u64) -> Duration {
    Duration::from_nanos(i * 1_000_000_000 / per_second)
}

/// Wakes the generator when a request is due. A poll's time-out would do, but it counts whole
/// milliseconds, too coarse for latencies of microseconds.
struct Pacer {
    stop: Stop,
    thread: Option<thread::JoinHandle<()>>,
}

impl Pacer {
    fn start(poll: &Poll, start: Instant, per_second: u64) -> Result<Pacer> {
        within("requests a second", per_second, PER_SECOND)?;
        let pacing = || "starting the pacer of an open loop";
        let waker = Arc::new(Waker::new(poll.registry(), WAKER).map_err(Error::io(pacing()))?);
        let stop = Stop::new();
        let until = stop.clone();
        let thread = thread::Builder::new()
            .name("pacer".into())
            .spawn(move || {
                // Never before the request is due, be it by a microsecond: the generator would
                // find nothing to send, and send it only at the next wake-up.
                for due in (0..).map(|i| start + nth(i, per_second)) {
                    if until.is_stopped() {
                        return;
                    }
                    thread::sleep(due.saturating_duration_since(Instant::now()));
                    let _ = waker.wake();
                }
            })
            .map_err(Error::io(pacing()))?;
        Ok(Pacer { stop, thread: Some(thread) })
    }
}

impl Drop for Pacer {
    fn drop(&mut self) {
        self.stop.stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::Service;

    #[test]
    fn all_clients_ask_at_once_and_every_reply_is_checked() {
        let service = Service::start().expect("a service");
        // The service answers nobody before five ask, and five clients can't ask more at once.
        let gathering = |id: u64| Question {
            request: Request::get(format!("/gather?id={id}&of=5")),
            answer: fetch::answer(if id == 12 { 0 } else { id }),
        };
        for pace in [Pace::Closed, Pace::Open { per_second: 10_000 }] {
            service.clear().expect("a service that listens");
            let load =
                Load { address: service.address(), clients: 5, pace, until: Until::Requests(25) };
            let report = load.run(gathering).expect("a report");
            assert_eq!((report.right, report.wrong), (24, 1), "{pace:?}");
            assert_eq!((report.latency.len(), report.sent_late.len()), (24, 25), "{pace:?}");
            let log = service.log().expect("a log");
            assert_eq!((log.answered, log.most_at_once), (25, 5), "{pace:?}");
        }
    }
}
