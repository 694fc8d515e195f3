//! A link: how two processes talk. Bytes go out at one end and come in at the other, in order; what
//! a message is, [`frame`](crate::frame) knows.
//!
//! Two transports stand behind this one interface. A [`stream`] is a socket pair: the kernel copies
//! every byte twice and wakes whoever sleeps. A [`ring`] is memory that both processes
//! see: the kernel is asked only when one of them has gone to sleep.
//!
//! Either way a link *ends* when the process at its far end does, however it does, because the
//! kernel then closes what that process held. What it had sent before can still be read.

pub mod stream;

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

use self::stream::Stream;
use crate::ring::{self, Ring};

/// What a sleeper wants to be woken for. What comes in wakes it always.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wants {
    /// Also when there is room again to write.
    pub room: bool,
}

/// One end of a link. Neither [`read`](Link::read) nor [`write`](Link::write) ever waits.
///
/// Who has one link waits with [`wait`](Link::wait). Who has many sleeps in one `poll` over all of
/// them:
///
/// ```text
///   for each link: doze(wants)   ── false: there is something to do; don't sleep
///   poll(bell() of each link)
///   for each link: woken(what poll said of its bell)
/// ```
pub trait Link: Send {
    /// Puts in as many of the bytes as there is room for now, and returns how many: 0 if the link
    /// is full.
    ///
    /// # Errors
    /// `BrokenPipe` if the other end is gone.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Appends what is there now, at most some hundred kilobytes, and returns how much that was: 0
    /// if there is nothing.
    ///
    /// # Errors
    /// `UnexpectedEof` if the other end is gone and all that it sent was read.
    fn read(&mut self, into: &mut Vec<u8>) -> io::Result<usize>;

    /// Sleeps until there is something to read, or (if wanted) room to write, or the other end is
    /// gone.
    ///
    /// # Errors
    /// What the operating system says. That the other end is gone is none: `read` will say so.
    fn wait(&mut self, wants: Wants) -> io::Result<()>;

    /// Announces a sleep: from now on the other end rings the bell. `false` if what is waited for is
    /// there already, so that one must not sleep.
    fn doze(&mut self, wants: Wants) -> bool;

    /// What to sleep on: `poll` for the events in [`bell_events`](Link::bell_events).
    fn bell(&self) -> BorrowedFd<'_>;

    /// The events of [`bell`](Link::bell) that wake this sleeper.
    fn bell_events(&self, wants: Wants) -> nix::poll::PollFlags;

    /// Ends a sleep that was announced with [`doze`](Link::doze); `events` is what `poll` said of the
    /// bell, nothing if it wasn't this bell that rang.
    ///
    /// # Errors
    /// What the operating system says.
    fn woken(&mut self, events: nix::poll::PollFlags) -> io::Result<()>;

    /// Whether to look again for a moment is better than to sleep: the other end runs right now on
    /// another core, and can be seen without a system call.
    fn worth_spinning(&self) -> bool {
        false
    }

    /// Whether there is something to read, as far as can be seen without a system call.
    fn has_news(&self) -> bool {
        false
    }
}

/// The transports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// A socket pair.
    Stream,
    /// A ring in shared memory.
    Ring,
}

impl Transport {
    /// All of them.
    pub const ALL: [Transport; 2] = [Transport::Stream, Transport::Ring];

    /// A link: our end, and the descriptors of which the far process makes its own with [`far`].
    ///
    /// # Errors
    /// If there are no descriptors, or there is no memory to be had.
    pub fn pair(self) -> io::Result<(Box<dyn Link>, Vec<OwnedFd>)> {
        match self {
            Transport::Stream => {
                let (ours, theirs) = Stream::pair()?;
                Ok((Box::new(ours), vec![theirs]))
            }
            Transport::Ring => {
                let (ours, theirs) = Ring::pair(ring::CAPACITY)?;
                Ok((Box::new(ours), theirs))
            }
        }
    }
}

/// The far end of a link, from the descriptors that [`Transport::pair`] gave: a socket is one, a ring
/// has three.
///
/// # Errors
/// If they are no link's.
pub fn far(mut descriptors: Vec<OwnedFd>) -> io::Result<Box<dyn Link>> {
    match descriptors.len() {
        1 => Ok(Box::new(Stream::far(descriptors.remove(0)))),
        _ => Ok(Box::new(Ring::far(descriptors)?)),
    }
}
