//! A server of many processes, started before their clients come: *pre-forked*. Apache began so, and
//! gunicorn's sync workers still do.
//!
//! ```text
//!                  ┌── server 1: accept, talk with one client, accept …
//!   one listening ─┼── server 2: accept, talk with one client, accept …
//!          socket  └── server 3: accept, talk with one client, accept …
//!
//!   supervisor: never touches a client; sleeps until a server dies, or the stop comes
//! ```
//!
//! All servers accept from the same socket: the queue of clients is the kernel's, and so is the
//! sharing out. Each has one thread and one client at a time, so nothing in it needs a lock, and one
//! that is killed costs the conversation that it held and no other. Clients that are still in the
//! queue then don't notice.
//!
//! A client wakes all servers that are idle, and one of them gets it (the *thundering herd*). The
//! others find nothing and sleep again: that is wasted work, but no error.

mod server;
mod supervisor;

use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

use nix::unistd::Pid;
use workloads::serve::PATIENCE;
use workloads::{Error, Result, Stop};

pub use self::server::SERVER;
use self::supervisor::Supervisor;
use crate::child::Death;
use crate::lifeline;
use crate::start::Method;

/// How many servers, and how they come into being.
#[derive(Debug, Clone)]
pub struct Servers {
    /// How many there are at once (at least one).
    pub number: usize,
    /// How they are started.
    pub method: Method,
    /// Whose processes are started, unless it is this program.
    pub program: Option<PathBuf>,
    /// How long a server may take, after the stop, to finish its reply. Then it is killed.
    pub patience: Duration,
}

impl Servers {
    /// So many of this program, started in this way. After the stop they have as long as a client may
    /// take to receive its reply, and some more.
    #[must_use]
    pub fn started_by(method: Method, number: usize) -> Servers {
        Servers { number, method, program: None, patience: PATIENCE + Duration::from_secs(5) }
    }
}

/// What happens to the servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// This one was started.
    Started(Pid),
    /// This one has ended, and how; before the stop, another takes its place.
    Ended(Pid, Death),
    /// None could be started, for this reason. It is tried again later.
    Shortage(String),
}

/// Said where a fork is refused. The servers might be forked earlier, while there is a single thread;
/// but no server could ever be replaced later, and that is half of what a supervisor is for.
const NO_FORK: &str = "a server that dies is replaced while the others serve, and this process has \
                       more threads than one by then: a fork would copy one of them, and the locks \
                       of the others for ever locked; serve with spawn or zygote";

/// Serves until `stop`: starts the servers, replaces those that die, and at the end waits for them all.
/// `notice` hears what happens to them. The listener is non-blocking from here on.
///
/// # Errors
/// If there are no servers to be had at the start, or all end as soon as they are started; and
/// [`Error::Refused`] if they can't be started in this way from here. None is left behind then.
pub fn serve(
    listener: &TcpListener,
    stop: &Stop,
    servers: &Servers,
    notice: &mut dyn FnMut(Event),
) -> Result<()> {
    // Whoever loses the race for a client must not sleep in accept(), where no stop is heard.
    listener.set_nonblocking(true).map_err(Error::io("preparing the listener"))?;
    let (bell, rope) = lifeline::pipe().map_err(Error::io("preparing for the stop"))?;
    let mut rope = Some(rope);
    // Closed and not written to: an end of input stays, and the descriptor goes.
    stop.wake_by(move || drop(rope.take()));
    let mut supervisor = Supervisor::new(listener, servers, notice)?;
    while !stop.is_stopped() {
        supervisor.fill_up().map_err(|why| match why.kind() {
            ErrorKind::Unsupported if servers.method == Method::Fork => Error::Refused(NO_FORK),
            _ => Error::io("starting servers")(why),
        })?;
        supervisor.sleep(&bell).map_err(Error::io("watching the servers"))?;
    }
    supervisor.dismiss(servers.patience);
    Ok(())
}
