//! Three wires to another process, with the same two ends: send, and receive so many bytes.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use crate::child::Child;
use crate::lifeline;
use crate::link::{Link, Wants};
use crate::ring::{CAPACITY, Ring};
use crate::start::{Entry, Start};

use super::errand;

/// One end of a wire. Both methods wait until all is done.
pub trait Wire {
    /// Sends all of it.
    ///
    /// # Errors
    /// If the other end is gone.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Receives so many bytes, no more and no less.
    ///
    /// # Errors
    /// If the other end is gone.
    fn receive(&mut self, count: usize) -> io::Result<&[u8]>;
}

/// What connects the two processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Two pipes, one each way.
    Pipe,
    /// A Unix socket pair.
    Sockets,
    /// The [ring](crate::ring) in shared memory.
    Ring,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 3] = [Kind::Pipe, Kind::Sockets, Kind::Ring];

    /// The near end of a new wire, and a process at its far end, which does [`errand::serve`].
    ///
    /// # Errors
    /// If there is no process, memory or descriptor to be had.
    pub fn connect(self, starter: &mut dyn Start) -> io::Result<(Box<dyn Wire>, Child)> {
        let (near, far, entry): (Box<dyn Wire>, _, _) = match self {
            Kind::Pipe => {
                let (from_far, to_near) = lifeline::pipe()?;
                let (from_near, to_far) = lifeline::pipe()?;
                let near = Pipes::of(from_far, to_far);
                (Box::new(near), vec![from_near, to_near], AT_A_PIPE)
            }
            Kind::Sockets => {
                let (near, far) = UnixStream::pair()?;
                (Box::new(Socket(near, Vec::new())), vec![far.into()], AT_A_SOCKET)
            }
            Kind::Ring => {
                let (near, far) = Ring::pair(CAPACITY)?;
                (Box::new(Rings(near, Vec::new(), 0)), far, AT_A_RING)
            }
        };
        // Ours of the far end's are closed when this returns: it is gone when the far process is.
        let given: Vec<_> = far.iter().map(AsFd::as_fd).collect();
        Ok((near, starter.start(&entry, &given)?))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Kind::Pipe => "pipe",
            Kind::Sockets => "socket pair",
            Kind::Ring => "ring",
        })
    }
}

/// What the process at the far end of pipes does.
pub const AT_A_PIPE: Entry = Entry {
    name: "tax: at a pipe",
    run: |descriptors| {
        let Ok([read, write]) = <[OwnedFd; 2]>::try_from(descriptors) else { return };
        let _ = errand::serve(&mut Pipes::of(read, write));
    },
};

/// The same at a socket.
pub const AT_A_SOCKET: Entry = Entry {
    name: "tax: at a socket",
    run: |descriptors| {
        let Ok([socket]) = <[OwnedFd; 1]>::try_from(descriptors) else { return };
        let _ = errand::serve(&mut Socket(socket.into(), Vec::new()));
    },
};

/// The same at a ring.
pub const AT_A_RING: Entry = Entry {
    name: "tax: at a ring",
    run: |descriptors| {
        let Ok(ring) = Ring::far(descriptors) else { return };
        let _ = errand::serve(&mut Rings(ring, Vec::new(), 0));
    },
};

/// The end of a pipe to read from, that of another to write to, and what was read last.
struct Pipes(File, File, Vec<u8>);

impl Pipes {
    fn of(read: OwnedFd, write: OwnedFd) -> Pipes {
        Pipes(read.into(), write.into(), Vec::new())
    }
}

impl Wire for Pipes {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.1.write_all(bytes)
    }

    fn receive(&mut self, count: usize) -> io::Result<&[u8]> {
        fill(&mut self.0, &mut self.2, count)
    }
}

struct Socket(UnixStream, Vec<u8>);

impl Wire for Socket {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn receive(&mut self, count: usize) -> io::Result<&[u8]> {
        fill(&mut self.0, &mut self.1, count)
    }
}

/// Reads into a buffer that never shrinks, so that it is zeroed only once.
fn fill<'a>(from: &mut dyn Read, buffer: &'a mut Vec<u8>, count: usize) -> io::Result<&'a [u8]> {
    if buffer.len() < count {
        buffer.resize(count, 0);
    }
    from.read_exact(&mut buffer[..count])?;
    Ok(&buffer[..count])
}

/// The ring, what was read from it, and how much of that was received already.
struct Rings(Ring, Vec<u8>, usize);

impl Wire for Rings {
    fn send(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        loop {
            bytes = &bytes[self.0.write(bytes)?..];
            if bytes.is_empty() {
                return Ok(());
            }
            self.0.wait(Wants { room: true })?;
        }
    }

    fn receive(&mut self, count: usize) -> io::Result<&[u8]> {
        self.1.drain(..std::mem::replace(&mut self.2, count));
        while self.1.len() < count {
            if self.0.read(&mut self.1)? == 0 {
                self.0.wait(Wants { room: false })?;
            }
        }
        Ok(&self.1[..count])
    }
}
