//! A bell: what another thread of the operating system wakes a green thread with.
//!
//! Nothing of the scheduler may be touched from outside, and it may be asleep in the poller, which
//! only a descriptor can end. So the bell is a pair of sockets, and to ring it is to write a byte.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::rc::Rc;

use super::reactor::Source;

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
    source: Rc<Source>,
    inner: UnixStream,
}

impl Ringer {
    /// Wakes who waits for the bell, now or later.
    pub fn ring(&self) {
        // It can fail if the bell is gone, or has been rung so often unheard that no byte more fits
        // in: either way there is nobody to wake who wouldn't wake.
        let _ = (&self.0).write(&[0]);
    }
}

impl Bell {
    /// Waits until it has been rung since the last time; `false` if nobody is left who could ring it.
    pub fn wait(&self) -> bool {
        let mut rung = [0; 64];
        let read = self.source.read(None, rung.len(), || (&self.inner).read(&mut rung));
        read.is_ok_and(|read| read > 0)
    }
}
