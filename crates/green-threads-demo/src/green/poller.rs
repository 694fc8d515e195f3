//! Readiness: the operating system says which of many sockets can be read or written, and until
//! one can the thread of the operating system sleeps here, and nowhere else. Edge-triggered: each
//! socket is registered once, and an event comes when something *changes*. One file a system.

#[cfg(target_os = "linux")]
#[path = "poller/epoll.rs"]
mod system;
#[cfg(target_vendor = "apple")]
#[path = "poller/kqueue.rs"]
mod system;

pub(super) use system::Poller;

/// What has happened to a socket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Event {
    /// The key that it was registered under.
    pub(super) key: u64,
    /// It has something to read: bytes, a connection, the end, or an error.
    pub(super) readable: bool,
    /// It takes something to write, or has an error to tell.
    pub(super) writable: bool,
    /// Nothing new will come from the peer: what there is to read ends.
    pub(super) hung_up: bool,
}

/// How many events one look takes at most.
const EVENTS: usize = 256;
