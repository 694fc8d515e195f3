//! A crowd in a process of its own: this program, started again. So what it holds is its own, and
//! no memory that an earlier scene gave back is used again unseen; and the service's ends of the
//! connections are on another account of file descriptors.

use std::env;
use std::net::SocketAddr;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use stage::{Held, Result};
use workloads::http::Request;
use workloads::limits;

use super::ways::Way;

/// The first argument of such a process.
const WORD: &str = "hold-a-crowd";

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
    let mut arguments = env::args().skip(1);
    if arguments.next()? != WORD {
        return None;
    }
    Some(match be(&arguments.collect::<Vec<_>>()) {
        Ok(held) => {
            println!("{}", held.line());
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    })
}

fn be(arguments: &[String]) -> Result<Held> {
    let [way, clients, address, patience] = arguments else {
        return Err("this is started by the scene crowd".into());
    };
    let clients =
        clients.parse().ok().filter(|clients| *clients > 0).ok_or("a crowd is 1 or more")?;
    let way = Way::ALL.get(way.parse::<usize>()?).ok_or("there is no such way")?;
    let crowd = Crowd { way: *way, clients, address: address.parse()? };
    limits::allow_many_files();
    Ok(way.hold(crowd, Duration::from_millis(patience.parse()?))?)
}

/// Lets a process of its own hold a crowd, for so many milliseconds, and waits for its end.
pub(super) fn hold(crowd: Crowd, patience_ms: u64) -> Result<Held> {
    let Crowd { way, clients, address } = crowd;
    let way = Way::ALL.iter().position(|known| *known == way).unwrap_or(0);
    let mut child = Command::new(env::current_exe()?);
    child.args([WORD, &way.to_string(), &clients.to_string()]);
    child.args([&address.to_string(), &patience_ms.to_string()]);
    let ended = child.stdin(Stdio::null()).output()?;
    let said = String::from_utf8_lossy(&ended.stdout);
    Held::read(&said).ok_or_else(|| {
        let why = String::from_utf8_lossy(&ended.stderr);
        format!("the crowd's process ended with {}: {}", ended.status, why.trim()).into()
    })
}
