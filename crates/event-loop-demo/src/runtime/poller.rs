//! Readiness: the operating system says which of many sockets can be read or written, and until
//! one can (or the alarm rings, or another thread does) the thread sleeps here, and nowhere else.
//!
//! Edge-triggered: each socket is registered once, for both directions, and an event comes when
//! something *changes*. Whoever is told "readable" must remember it until a read finds nothing
//! more; see `reactor.rs`. One file an operating system.

use super::slab::Key;

#[cfg(any(target_os = "linux", target_os = "android"))]
#[path = "poller/epoll.rs"]
mod system;
#[cfg(target_vendor = "apple")]
#[path = "poller/kqueue.rs"]
mod system;

pub use system::{Bell, Poller};

/// What has happened to a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// The key that it was registered under.
    pub key: Key,
    /// It has something to read: bytes, a connection, the end, or an error.
    pub readable: bool,
    /// It takes something to write, or has an error to tell.
    pub writable: bool,
    /// Nothing new will come from the peer: what there is to read ends.
    pub hung_up: bool,
}

/// By what the sleep was ended, beside events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Woken {
    /// The moment of the alarm has come.
    pub by_alarm: bool,
    /// Another thread has rung.
    pub by_bell: bool,
}

/// How many events one look takes at most.
const EVENTS: usize = 512;
