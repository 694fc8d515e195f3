//! **serve**: the server's side.
//!
//! Answer many clients at once: cheap questions, which take microseconds, and now and then an
//! expensive one, which takes long. What an approach is worth shows in how long the cheap ones
//! wait while an expensive one runs.
//!
//! ```text
//!              received(bytes)                     computed(reply)
//!            ┌───────────────┐                    ┌────────────────┐
//!            │               ▼                    ▼                │
//!   socket ──┴── Step::Read ── Connection::step() ── Step::Compute(job) ── job.run()
//!                                │        │
//!                    Step::Write(bytes)   Step::Close
//! ```

use std::ops::Range;
use std::time::{Duration, Instant};

use crate::error::{Result, within};
use crate::http::{Reply, Request};
use crate::primes;

/// How long a client may take to send one whole request, counted from the last reply; and so how
/// long a connection may idle.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// The greatest number below which the expensive question counts primes.
pub const MOST_BELOW: u64 = 10_000_000;

/// The cheap question: three times `n`, a few microseconds with all the HTTP around it.
///
/// # Errors
/// [`Error::Bound`](crate::Error::Bound) if three times `n` does not fit.
pub fn cheap(n: u64) -> Result<Request> {
    within("the number to triple", n, 0..=u64::MAX / 3)?;
    Ok(Request::get(format!("/cheap?n={n}")))
}

/// The expensive question: how many primes there are below a number; 500,000 takes some tens of
/// milliseconds.
///
/// # Errors
/// [`Error::Bound`](crate::Error::Bound) above [`MOST_BELOW`].
pub fn expensive(below: u64) -> Result<Request> {
    within("the number below which primes are counted", below, 0..=MOST_BELOW)?;
    Ok(Request::get(format!("/expensive?below={below}")))
}

/// The answer to [`cheap`]`(n)`.
#[must_use]
pub fn cheap_answer(n: u64) -> Reply {
    Reply::text(200, format!("{}\n", n * 3))
}

/// What to do next for a connection.
#[derive(Debug)]
pub enum Step {
    /// Read, and hand what came to [`Connection::received`]; if nothing has come by then, close.
    Read {
        /// When patience ends.
        until: Instant,
    },
    /// Write these bytes, all of them.
    Write(Vec<u8>),
    /// Run this job, wherever that hurts least, and hand its reply to [`Connection::computed`]
    /// before the next step.
    Compute(Job),
    /// Close: the conversation is over.
    Close,
}

/// An expensive computation that a client has asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Job {
    below: u64,
}

impl Job {
    /// Computes the reply; takes long.
    #[must_use]
    pub fn run(self) -> Reply {
        self.reply(primes::count(self.numbers()))
    }

    /// The numbers among which primes are to be counted, for who computes in steps.
    #[must_use]
    pub fn numbers(self) -> Range<u64> {
        0..self.below
    }

    /// The reply, once so many of the [`numbers`](Job::numbers) were found to be prime.
    #[must_use]
    pub fn reply(self, primes: u64) -> Reply {
        Reply::text(200, format!("{primes}\n"))
    }
}

/// A conversation with one client, without its socket: whoever drives it decides how to wait.
///
/// One request at a time: what is pipelined behind an expensive question waits until that has its
/// answer, so the driver has no reason to read until then, and what is buffered stays bounded.
#[derive(Debug)]
pub struct Connection {
    /// What has been received and not yet understood; at most a request head and one read.
    inbox: Vec<u8>,
    /// Replies that are not yet written; at most those to one read.
    outbox: Vec<u8>,
    /// When patience with the request that is coming in ends.
    until: Instant,
    /// The request that is being computed.
    computing: Option<(Request, Job)>,
    /// The client has closed its side: no more will come, but what came is answered.
    hung_up: bool,
    /// No further request is answered.
    closing: bool,
}

impl Connection {
    /// A conversation that begins at `now`.
    #[must_use]
    pub fn new(now: Instant) -> Connection {
        Connection {
            inbox: Vec::new(),
            outbox: Vec::new(),
            until: now + PATIENCE,
            computing: None,
            hung_up: false,
            closing: false,
        }
    }

    /// What to do next.
    pub fn step(&mut self, now: Instant) -> Step {
        self.understand();
        if !self.outbox.is_empty() {
            // From here on the client is waited for, however long its answer took.
            self.until = now + PATIENCE;
            return Step::Write(std::mem::take(&mut self.outbox));
        }
        if let Some((_, job)) = self.computing {
            return Step::Compute(job);
        }
        if self.closing || now >= self.until {
            return Step::Close;
        }
        Step::Read { until: self.until }
    }

    /// Takes what was read; no bytes at all mean that the client has closed its side.
    pub fn received(&mut self, bytes: &[u8]) {
        self.inbox.extend_from_slice(bytes);
        self.hung_up |= bytes.is_empty();
    }

    /// Takes the reply of the job that [`Step::Compute`] gave out.
    pub fn computed(&mut self, reply: &Reply) {
        if let Some((request, _)) = self.computing.take() {
            self.reply(reply, request.keep_alive);
        }
    }

    /// Answers the requests that are there, up to one that must be computed.
    fn understand(&mut self) {
        let mut understood = 0;
        while self.computing.is_none() && !self.closing {
            match Request::parse(&self.inbox[understood..]) {
                Ok(Some((request, length))) => {
                    understood += length;
                    match answer(&request) {
                        Answer::Now(reply) => self.reply(&reply, request.keep_alive),
                        Answer::Later(job) => self.computing = Some((request, job)),
                    }
                }
                Ok(None) if self.hung_up => self.closing = true,
                Ok(None) => break,
                Err(refusal) => self.reply(&refusal, false),
            }
        }
        self.inbox.drain(..understood);
    }

    fn reply(&mut self, reply: &Reply, keep_alive: bool) {
        self.outbox.extend(reply.bytes(keep_alive));
        self.closing |= !keep_alive;
    }
}

enum Answer {
    Now(Reply),
    Later(Job),
}

fn answer(request: &Request) -> Answer {
    let number = |name| {
        request.number(name).and_then(|given| {
            given.ok_or_else(|| {
                Reply::text(400, format!("{} needs {name}=NUMBER\n", request.path()))
            })
        })
    };
    match request.path() {
        "/cheap" => Answer::Now(match number("n") {
            Ok(n) if n <= u64::MAX / 3 => cheap_answer(n),
            Ok(_) => Reply::text(400, format!("n must be from 0 to {}\n", u64::MAX / 3)),
            Err(refusal) => refusal,
        }),
        "/expensive" => match number("below") {
            Ok(below) if below <= MOST_BELOW => Answer::Later(Job { below }),
            Ok(_) => {
                Answer::Now(Reply::text(400, format!("below must be from 0 to {MOST_BELOW}\n")))
            }
            Err(refusal) => Answer::Now(refusal),
        },
        _ => Answer::Now(Reply::text(404, "ask for /cheap?n=NUMBER or /expensive?below=NUMBER\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything that a connection writes for `bytes`, and whether it wants to go on.
    fn converse(chunks: &[&[u8]]) -> (String, bool) {
        let now = Instant::now();
        let mut connection = Connection::new(now);
        let mut chunks = chunks.iter();
        let mut written = Vec::new();
        loop {
            match connection.step(now) {
                Step::Write(bytes) => written.extend(bytes),
                Step::Compute(job) => connection.computed(&job.run()),
                Step::Close => return (String::from_utf8(written).unwrap(), false),
                Step::Read { .. } => match chunks.next() {
                    Some(chunk) => connection.received(chunk),
                    None => return (String::from_utf8(written).unwrap(), true),
                },
            }
        }
    }

    #[test]
    fn pipelined_questions_are_answered_in_order_however_their_bytes_arrive() {
        let mut bytes = expensive(100).unwrap().bytes();
        bytes.extend(cheap(7).unwrap().bytes());
        let (whole, open) = converse(&[&bytes]);
        assert!(open && whole.contains("\r\n\r\n25\n"), "{whole}");
        assert!(whole.ends_with("\r\n\r\n21\n"), "{whole}");
        for cut in 1..bytes.len() {
            assert_eq!(converse(&[&bytes[..cut], &bytes[cut..]]), (whole.clone(), true));
        }
    }

    #[test]
    fn what_is_refused_is_said_and_the_connection_closed() {
        let long = [b"GET /".as_slice(), &[b'x'; crate::http::LONGEST_HEAD]].concat();
        for (sent, status) in [
            (&b"POST /cheap?n=1 HTTP/1.1\r\n\r\n"[..], "405"),
            (b"GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\n", "400"),
            (b"\x16\x03\x01 no HTTP at all", "400"),
            (&long, "431"),
        ] {
            let (said, open) = converse(&[sent]);
            assert!(said.starts_with(&format!("HTTP/1.1 {status}")) && !open, "{said}");
        }
        for target in
            ["/cheap", "/cheap?n=x", "/cheap?n=18446744073709551615", "/expensive?below=99999999"]
        {
            let (said, open) = converse(&[&Request::get(target).bytes()]);
            assert!(said.starts_with("HTTP/1.1 400") && open, "{said}");
        }
    }

    #[test]
    fn patience_ends_for_who_sends_a_byte_now_and_then() {
        let start = Instant::now();
        let mut connection = Connection::new(start);
        connection.received(b"G");
        assert!(
            matches!(connection.step(start + PATIENCE / 2), Step::Read { until } if until == start + PATIENCE)
        );
        connection.received(b"E");
        assert!(matches!(connection.step(start + PATIENCE), Step::Close));
    }

    #[test]
    fn a_client_that_closes_gets_what_it_asked_for_before() {
        let (said, open) = converse(&[&cheap(2).unwrap().bytes(), b""]);
        assert!(said.ends_with("6\n") && !open);
    }
}
