//! A server process that is killed while all of them have clients.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use stage::Result;
use workloads::Error;
use workloads::load::{Load, Pace, Question, Report, Until};

use super::server::Prefork;
use crate::child::Death;
use crate::prefork::Event;

/// After how long something will never come.
const PATIENCE: Duration = Duration::from_secs(10);

/// What became of the processes and of the questions.
pub struct Outcome {
    pub killed: Pid,
    pub death: Death,
    /// Who took its place, and how long after the kill that was started.
    pub replacement: Option<(Pid, Duration)>,
    pub report: Report,
    /// Somebody had to wait for so long that the load may not have been there yet, or no more, when
    /// the process was stopped.
    pub held_up: bool,
}

/// As many clients as servers ask for so long; in the middle of that, one server is killed.
pub fn under_load(address: SocketAddr, servers: &Prefork, during: Duration) -> Result<Outcome> {
    let mut before = Vec::new();
    while before.len() < super::CLIENTS {
        match servers.next(PATIENCE)? {
            Some(Event::Started(id)) => before.push(id),
            other => return Err(format!("the servers were not started: {other:?}").into()),
        }
    }
    thread::scope(|scope| {
        let until = Until::Elapsed(during);
        let load = Load { address, clients: super::CLIENTS, pace: Pace::Closed, until };
        let begun = Instant::now();
        let clients = scope.spawn(move || load.run(Question::cheap));
        thread::sleep(during / 2);
        // Stopped before it is killed: so its client has surely asked, and is waiting for it.
        let killed = before[0];
        kill(killed, Signal::SIGSTOP)?;
        let came_late = begun.elapsed() > during / 4 * 3;
        thread::sleep(during / 4);
        let start = Instant::now();
        kill(killed, Signal::SIGKILL)?;
        let Some(Event::Ended(ended, death)) = servers.next(PATIENCE)? else {
            return Err("nobody noticed the kill".into());
        };
        if ended != killed {
            return Err(format!("{ended} ended, not {killed}").into());
        }
        let replacement = match servers.next(PATIENCE)? {
            Some(Event::Started(id)) => Some((id, start.elapsed())),
            _ => None,
        };
        let report = clients.join().map_err(Error::panicked)??;
        let held_up = came_late || report.latency_at(1.0) > during / 4;
        Ok(Outcome { killed, death, replacement, report, held_up })
    })
}
