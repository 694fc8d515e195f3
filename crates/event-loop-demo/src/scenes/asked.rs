//! What the first scenes share: a request that is on its way, and what waiting for it has cost.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use workloads::http::{Incoming, Reply, Request};
use workloads::{Error, Result};

/// For how long the service thinks about each request.
pub(super) const THINK: Duration = Duration::from_millis(50);

/// A request that was sent, and the socket on which its reply will come.
pub(super) struct Asked {
    stream: TcpStream,
    request: Request,
    incoming: Incoming,
    buffer: [u8; 4 * 1024],
}

/// What one read came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    /// There is nothing yet, says a socket that doesn't block.
    Nothing,
    /// Some of the reply.
    Part,
    /// The rest of it.
    Whole(Reply),
}

/// How many reads there were: each is a system call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Reads {
    pub(super) made: u64,
    /// Those that found nothing.
    pub(super) in_vain: u64,
}

impl Asked {
    /// Connects and asks. Its socket blocks.
    ///
    /// # Errors
    /// Whatever the network has wrong, named with the request.
    pub(super) fn ask(service: SocketAddr, request: Request) -> Result<Asked> {
        let asking = || format!("GET {}", request.target);
        let mut stream = TcpStream::connect(service).map_err(Error::io(asking()))?;
        stream.write_all(&request.bytes()).map_err(Error::io(asking()))?;
        Ok(Asked { stream, request, incoming: Incoming::default(), buffer: [0; 4 * 1024] })
    }

    /// From now on a read that would block fails instead.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub(super) fn without_blocking(self) -> Result<Asked> {
        self.stream.set_nonblocking(true).map_err(Error::io("setting O_NONBLOCK"))?;
        Ok(self)
    }

    /// The socket, to be waited for.
    pub(super) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// One read. Whether it waits depends on the socket alone.
    ///
    /// # Errors
    /// Whatever the network or the reply has wrong, named with the request.
    pub(super) fn hear(&mut self, reads: &mut Reads) -> Result<Heard> {
        reads.made += 1;
        let read = match self.stream.read(&mut self.buffer) {
            Ok(read) => read,
            Err(why) if why.kind() == ErrorKind::WouldBlock => {
                reads.in_vain += 1;
                return Ok(Heard::Nothing);
            }
            Err(why) if why.kind() == ErrorKind::Interrupted => return Ok(Heard::Part),
            Err(why) => return Err(Error::io(format!("GET {}", self.request.target))(why)),
        };
        let whole = self.incoming.received(&self.request, &self.buffer[..read])?;
        Ok(whole.map_or(Heard::Part, Heard::Whole))
    }
}

/// What something has cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spent {
    /// By the clock on the wall.
    pub(super) wall: Duration,
    /// Of the processor: by the whole process, so the service's part is in it.
    pub(super) cpu: Duration,
}

impl Spent {
    /// Runs it, and looks at both clocks.
    ///
    /// # Errors
    /// Those of what is run.
    pub(super) fn on<T, E>(
        run: impl FnOnce() -> std::result::Result<T, E>,
    ) -> std::result::Result<(T, Spent), E> {
        let (cpu, start) = (stage::cpu_time(), Instant::now());
        let done = run()?;
        let wall = start.elapsed();
        Ok((done, Spent { wall, cpu: stage::cpu_time().saturating_sub(cpu) }))
    }

    /// Which share of a core it has kept busy.
    pub(super) fn cores(self) -> f64 {
        self.cpu.as_secs_f64() / self.wall.as_secs_f64().max(1e-9)
    }
}
