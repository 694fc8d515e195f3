//! The ways to wait: two that block everybody, and the ways out.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use workloads::http::Request;
use workloads::{Error, Result, blocking};

use super::elsewhere;
use crate::green::{self, net};
use crate::scenes::hearts::Work;

/// Who waits, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Calls the standard library's sleep: `time.sleep`, unpatched.
    Sleeps,
    /// Asks the service by `std::net`: a library in C under gevent.
    Asks,
    /// Calls ours.
    SleepsGreen,
    /// Asks with a stream of ours; the rest is the same code.
    AsksGreen,
    /// Asks by `std::net`, on another thread of the operating system.
    AsksElsewhere,
}

use Way::{Asks, AsksElsewhere, AsksGreen, Sleeps, SleepsGreen};

impl Way {
    /// All of them: first who blocks, then who doesn't.
    pub const ALL: [Way; 5] = [Sleeps, Asks, SleepsGreen, AsksGreen, AsksElsewhere];

    /// The call.
    pub fn name(self) -> &'static str {
        match self {
            Sleeps => "std::thread::sleep()",
            Asks => "get() by std::net",
            SleepsGreen => "green::sleep()",
            AsksGreen => "get() by green::net",
            AsksElsewhere => "elsewhere(get() by std::net)",
        }
    }

    /// The same in a word or two.
    pub fn short(self) -> &'static str {
        match self {
            Sleeps => "std's sleep",
            Asks => "std::net",
            SleepsGreen => "green sleep",
            AsksGreen => "green::net",
            AsksElsewhere => "elsewhere",
        }
    }

    /// Whether it keeps the thread that all share.
    pub fn blocks(self) -> bool {
        matches!(self, Sleeps | Asks)
    }

    /// Waits so long, or for a service that takes so long.
    pub(super) fn run(self, service: SocketAddr, length: Duration) -> Result<Work> {
        let request = Request::get(format!("/think?id=7&ms={}", length.as_millis()));
        let from = Instant::now();
        match self {
            Sleeps => thread::sleep(length),
            SleepsGreen => green::sleep(length),
            Asks => {
                blocking::get(service, &request)?.ok(&request)?;
            }
            AsksGreen => {
                let connected = net::TcpStream::connect(service);
                let mut stream = connected.map_err(Error::io("connecting"))?;
                blocking::exchange(&mut stream, &request)?.ok(&request)?;
            }
            AsksElsewhere => {
                let get = move || blocking::get(service, &request)?.ok(&request).map(drop);
                elsewhere(get).map_err(Error::io("another thread"))??;
            }
        }
        Ok(Work { place: "the culprit", spans: vec![(from, Instant::now())] })
    }
}
