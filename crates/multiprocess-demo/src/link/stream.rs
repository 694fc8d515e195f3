//! A stream: a socket pair. The kernel copies every byte in and out, and does all the waiting.

use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{MsgFlags, recv, send};

use super::{Link, Wants};

/// How much is read at a time, in bytes.
const MOUTHFUL: usize = 64 * 1024;

/// One end of a socket pair.
#[derive(Debug)]
pub struct Stream {
    socket: UnixStream,
    /// Where bytes come in, before they are the caller's.
    buffer: Box<[u8]>,
    /// Whether there may be something to read: not since a read has found less than it had room
    /// for, until the next sleep. This saves the system call that would say so.
    readable: bool,
    /// The same for room to write.
    writable: bool,
}

impl Stream {
    /// A pair of them: ours, and what the far process makes one of with [`Stream::far`].
    ///
    /// # Errors
    /// If there is no descriptor to be had.
    pub fn pair() -> io::Result<(Stream, OwnedFd)> {
        let (ours, theirs) = UnixStream::pair()?;
        Ok((Stream::new(ours), theirs.into()))
    }

    /// The far end.
    #[must_use]
    pub fn far(socket: OwnedFd) -> Stream {
        Stream::new(socket.into())
    }

    fn new(socket: UnixStream) -> Stream {
        let buffer = vec![0; MOUTHFUL].into_boxed_slice();
        Stream { socket, buffer, readable: true, writable: true }
    }
}

impl Link for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut written = 0;
        while self.writable && written < bytes.len() {
            // Rust ignores SIGPIPE, so that a peer that is gone is an error and no more.
            match send(self.socket.as_raw_fd(), &bytes[written..], MsgFlags::MSG_DONTWAIT) {
                Ok(sent) => written += sent,
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => self.writable = false,
                Err(Errno::EPIPE | Errno::ECONNRESET) => {
                    // Its last words, and then the end.
                    self.readable = true;
                    return Err(ErrorKind::BrokenPipe.into());
                }
                Err(why) => return Err(why.into()),
            }
        }
        Ok(written)
    }

    fn read(&mut self, into: &mut Vec<u8>) -> io::Result<usize> {
        while self.readable {
            match recv(self.socket.as_raw_fd(), &mut self.buffer, MsgFlags::MSG_DONTWAIT) {
                Ok(0) | Err(Errno::ECONNRESET) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(read) => {
                    self.readable = read == self.buffer.len();
                    into.extend_from_slice(&self.buffer[..read]);
                    return Ok(read);
                }
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => self.readable = false,
                Err(why) => return Err(why.into()),
            }
        }
        Ok(0)
    }

    fn wait(&mut self, wants: Wants) -> io::Result<()> {
        let mut bell = [PollFd::new(self.socket.as_fd(), self.bell_events(wants))];
        match poll(&mut bell, PollTimeout::NONE) {
            Ok(_) => {}
            Err(Errno::EINTR) => return Ok(()),
            Err(why) => return Err(why.into()),
        }
        let events = bell[0].revents().unwrap_or(PollFlags::empty());
        self.woken(events)
    }

    /// The kernel sees to it that nobody sleeps through anything.
    fn doze(&mut self, _: Wants) -> bool {
        !self.readable
    }

    fn bell(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    fn bell_events(&self, wants: Wants) -> PollFlags {
        match wants.room {
            true => PollFlags::POLLIN | PollFlags::POLLOUT,
            false => PollFlags::POLLIN,
        }
    }

    fn woken(&mut self, events: PollFlags) -> io::Result<()> {
        let ended = events.intersects(PollFlags::POLLHUP | PollFlags::POLLERR);
        self.readable |= ended || events.contains(PollFlags::POLLIN);
        self.writable |= ended || events.contains(PollFlags::POLLOUT);
        Ok(())
    }
}
