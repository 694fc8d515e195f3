//! A bell: what another thread of the operating system wakes a green thread with.
//!
//! Nothing of the scheduler may be touched from outside, and it may be asleep in the poller, which
//! only a descriptor can end. So the bell is a pair of sockets, and to ring it is to write a byte. No
//! lock and no atomic is ours here: what two threads do at once, the kernel puts in order. A ring that
//! comes between the last read and the wait changes the socket, so the poller tells of it: that it is
//! edge-triggered loses nothing.
//!
//! It carries no data. What is to be handed over goes by what is made for it (a channel, a lock), before
//! the ring.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

use super::reactor::{Registered, Source};

/// A bell, and what rings it.
///
/// # Errors
/// If there are no file descriptors for it.
///
/// # Panics
/// Outside of [`run`](super::run).
pub fn bell() -> io::Result<(Ringer, Bell)> {
    let (ringer, inner) = UnixStream::pair()?;
    ringer.set_nonblocking(true)?;
    inner.set_nonblocking(true)?;
    Ok((Ringer(ringer), Bell { source: Source::register(&inner)?, inner }))
}

/// Rings, from any thread of the operating system. Dropped, it rings for the last time.
pub struct Ringer(UnixStream);

/// Hears it, on the thread that made it.
pub struct Bell {
    source: Registered,
    inner: UnixStream,
}

impl Ringer {
    /// Wakes who waits for the bell, now or later.
    pub fn ring(&self) {
        // It can fail if the bell is gone, or has been rung so often unheard that no byte more fits
        // in: either way there is nobody to wake who wouldn't wake.
        let _ = (&self.0).write_all(&[0]);
    }
}

impl Bell {
    /// Waits until it has been rung since the last time; `false` if nobody is left who could ring it.
    /// One at a time: of two that wait for a socket, only the one that came last is woken.
    pub fn wait(&mut self) -> bool {
        let mut rung = [0; 1024];
        let read = self.source.read(None, rung.len(), || (&self.inner).read(&mut rung));
        // However often it was rung, it is heard once.
        let mut full = matches!(read, Ok(read) if read == rung.len());
        while full {
            full = matches!((&self.inner).read(&mut rung), Ok(read) if read == rung.len());
        }
        read.is_ok_and(|read| read > 0)
    }
}
