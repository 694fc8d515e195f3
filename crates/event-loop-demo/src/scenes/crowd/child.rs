//! A crowd in a process of its own; the service is in this one.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use stage::{Held, Result, own_process};
use workloads::http::Request;
use workloads::limits;

use super::ways::Way;

/// The first argument of such a process.
const WORD: &str = "hold-a-crowd";

const WAYS: [Way; 3] = [Way::Tasks, Way::Buffers, Way::Threads];

/// Who asks whom, and how they wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crowd {
    pub(super) way: Way,
    pub(super) clients: u64,
    /// That of the slow service.
    pub(super) address: SocketAddr,
}

impl Crowd {
    /// A request that is answered when all clients have asked.
    pub(super) fn request(&self, id: u64) -> Request {
        Request::get(format!("/gather?id={id}&of={}", self.clients))
    }
}

/// To be called first in `main`: if this process was started to be a crowd, it is one, and then
/// ends.
#[must_use]
pub fn enter() -> Option<ExitCode> {
    own_process::enter(WORD, be)
}

fn be(arguments: &[String]) -> Result<Held> {
    let [way, clients, address, patience] = arguments else {
        return Err("this is started by the scene crowd".into());
    };
    let clients =
        clients.parse().ok().filter(|clients| *clients > 0).ok_or("a crowd is 1 or more")?;
    let way = WAYS.get(way.parse::<usize>()?).ok_or("there is no such way")?;
    let crowd = Crowd { way: *way, clients, address: address.parse()? };
    limits::allow_many_files();
    Ok(way.hold(crowd, Duration::from_millis(patience.parse()?))?)
}

/// Lets a process of its own hold a crowd, for so many milliseconds, and waits for its end.
pub(super) fn hold(crowd: Crowd, patience_ms: u64) -> Result<Held> {
    let Crowd { way, clients, address } = crowd;
    let way = WAYS.iter().position(|known| *known == way).unwrap_or(0);
    let way = way.to_string();
    own_process::hold(
        WORD,
        &[way, clients.to_string(), address.to_string(), patience_ms.to_string()],
    )
}
