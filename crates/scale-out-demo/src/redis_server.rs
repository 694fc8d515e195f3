//! A Redis server of our own, for as long as it is needed, on a free port of this machine.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tokio::net::TcpSocket;

use crate::guard::Guard;
use crate::roles::Program;
use crate::trouble::{Result, Trouble};

/// How long it may take to answer.
const START: Duration = Duration::from_secs(30);

/// A server whose data outlives it, in a directory. Dropped, it is killed (with SIGKILL: it is the
/// crash of a server that the chapter shows).
#[derive(Debug)]
pub struct RedisServer {
    address: SocketAddr,
    _guard: Guard,
}

/// Whether `redis-server` is installed.
#[must_use]
pub fn installed() -> bool {
    let version = Command::new("redis-server").arg("--version").stdout(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

/// An address of this machine that nobody listens at. On Linux the system gives its port to nobody else who
/// asks for a free one, until this process ends: a server may be started there, be killed and come back.
///
/// # Errors
/// If there is none.
pub fn free_address() -> Result<SocketAddr> {
    reserved().map_err(Trouble::in_("a free port"))
}

/// A socket that doesn't listen keeps its port from whoever binds to port 0, and not from the server, which
/// names the port: both allow that the address is used again (socket(7), `SO_REUSEADDR`).
fn reserved() -> std::io::Result<SocketAddr> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    let address = socket.local_addr()?;
    // Elsewhere the server would not get it either.
    if cfg!(target_os = "linux") {
        std::mem::forget(socket);
    }
    Ok(address)
}

impl RedisServer {
    /// Starts one that keeps its data in the directory and listens at the address, and waits until it
    /// answers.
    ///
    /// # Errors
    /// If it does not.
    pub fn start(program: &Program, directory: &Path, address: SocketAddr) -> Result<RedisServer> {
        let server = format!("redis-server at {address}");
        let words = [OsString::from("redis-server")].into_iter().chain(words(address));
        let guard = Guard::of_command(program, directory, words).map_err(Trouble::in_(&server))?;
        await_answer(address)?;
        Ok(RedisServer { address, _guard: guard })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same, as apalis and others want to be told.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }
}

/// Waits until a server at the address answers.
pub(crate) fn await_answer(address: SocketAddr) -> Result {
    let start = Instant::now();
    while !answers(address) {
        if start.elapsed() > START {
            return Err(Trouble::new(format!("redis-server at {address} does not answer")));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// What it has answered for is in its log (`appendonly`), which the end of its process can't take away. When
/// the log reaches the disk is left to the system: by default a server that asks for that each second answers,
/// while a slow disk is at it, before it has written (`appendfsync everysec`).
pub(crate) fn words(address: SocketAddr) -> impl Iterator<Item = OsString> {
    let (ip, port) = (address.ip().to_string(), address.port().to_string());
    let place = ["--bind", &ip, "--port", &port];
    let log = ["--appendonly", "yes", "--appendfsync", "no", "--save", ""];
    place.into_iter().chain(log).map(OsString::from).collect::<Vec<_>>().into_iter()
}

fn answers(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(b"PING\r\n")?;
        let mut answer = [0; 5];
        stream.read_exact(&mut answer)?;
        // While it reads its log, it answers that it is loading.
        Ok(&answer == b"+PONG")
    };
    ask().unwrap_or(false)
}
