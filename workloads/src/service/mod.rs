//! The slow service: something real to wait for.
//!
//! An HTTP/1.1 server that thinks before it answers, holds ten thousand requests at once on one
//! thread, and keeps a log of how many it held. `curl`, Python and `wrk` can talk to it too:
//!
//! ```sh
//! cargo run -p workloads --bin slow-service -- --port 8080 &
//! curl 'http://127.0.0.1:8080/think?id=7&ms=500'
//! ```

mod client;
mod host;
mod routes;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread;

pub use host::serve;
use mio::{Poll, Waker};
pub use routes::Fault;

use crate::blocking;
use crate::error::{Error, Result};
use crate::http::Request;
use crate::orders::Terms;
use crate::stop::Stop;

/// A running slow service. Dropped, it ends the service, if this handle started it.
pub struct Service {
    address: SocketAddr,
    host: Option<(Stop, thread::JoinHandle<()>)>,
}

/// What the service saw, since it was started or the log was cleared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    /// How many requests it has answered after thinking (or gathering).
    pub answered: u64,
    /// The greatest number that it held unanswered at the same instant.
    pub most_at_once: u64,
    /// How much later than due an answer was given: median, in microseconds.
    pub late_p50_us: u64,
    /// The same for the latest in a hundred.
    pub late_p99_us: u64,
}

impl Service {
    /// Starts a service on a thread of this process, on a free port of the loopback interface.
    ///
    /// # Errors
    /// [`Error::Io`] if there is no port, thread or file descriptor for it.
    pub fn start() -> Result<Service> {
        let starting = || "starting the slow service";
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::io(starting()))?;
        let address = listener.local_addr().map_err(Error::io(starting()))?;
        let poll = Poll::new().map_err(Error::io(starting()))?;
        let waker = Waker::new(poll.registry(), host::WAKER).map_err(Error::io(starting()))?;
        let stop = Stop::new();
        stop.wake_by(move || {
            let _ = waker.wake();
        });
        let until = stop.clone();
        let thread = thread::Builder::new()
            .name("slow service".into())
            .spawn(move || {
                if let Err(why) = host::run(poll, listener, &until) {
                    eprintln!("slow service: {why}");
                }
            })
            .map_err(Error::io(starting()))?;
        Ok(Service { address, host: Some((stop, thread)) })
    }

    /// A handle to a service that somebody else runs, in another process perhaps.
    #[must_use]
    pub fn at(address: SocketAddr) -> Service {
        Service { address, host: None }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Reads the log.
    ///
    /// # Errors
    /// Whatever the network has wrong.
    pub fn log(&self) -> Result<Log> {
        let request = Request::get("/log");
        let reply = blocking::get(self.address, &request)?;
        Log::parse(reply.ok(&request)?)
            .ok_or_else(|| crate::http::wrong(&request, "not the log of a slow service"))
    }

    /// Clears the log, and forgets every [`Fault`] and the [`Terms`].
    ///
    /// # Errors
    /// Whatever the network has wrong.
    pub fn clear(&self) -> Result<()> {
        self.tell("/clear".to_owned())
    }

    /// Makes the service spoil its replies for a page of orders from now on.
    ///
    /// # Errors
    /// Whatever the network has wrong.
    pub fn spoil(&self, page: u32, fault: Fault) -> Result<()> {
        self.tell(format!("/spoil?page={page}&fault={}", fault as u8))
    }

    /// Makes the service hand out all pages of orders on these terms from now on.
    ///
    /// # Errors
    /// Terms out of bounds, or whatever the network has wrong.
    pub fn set_terms(&self, terms: Terms) -> Result<()> {
        self.tell(terms.target())
    }

    fn tell(&self, target: String) -> Result<()> {
        let request = Request::get(target);
        blocking::get(self.address, &request)?.ok(&request).map(drop)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.host.take() {
            stop.stop();
            let _ = thread.join();
        }
    }
}

impl Log {
    fn json(self) -> String {
        let Log { answered, most_at_once, late_p50_us, late_p99_us } = self;
        format!(
            "{{\"answered\":{answered},\"most_at_once\":{most_at_once},\
             \"late_p50_us\":{late_p50_us},\"late_p99_us\":{late_p99_us}}}\n"
        )
    }

    fn parse(json: &[u8]) -> Option<Log> {
        let json: serde_json::Value = serde_json::from_slice(json).ok()?;
        Some(Log {
            answered: json["answered"].as_u64()?,
            most_at_once: json["most_at_once"].as_u64()?,
            late_p50_us: json["late_p50_us"].as_u64()?,
            late_p99_us: json["late_p99_us"].as_u64()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    #[test]
    fn a_service_ends_at_whatever_moment_its_stop_comes() {
        let (ended, ends) = channel();
        // Whoever is stuck here is not waited for: the test has failed by then.
        thread::spawn(move || {
            for number in 0..500 {
                drop(Service::start().expect("a service"));
                ended.send(number).expect("a test that waits");
            }
        });
        for number in 0..500 {
            let ended = ends.recv_timeout(Duration::from_secs(30));
            assert_eq!(ended, Ok(number), "a stop was not noticed");
        }
    }
}
