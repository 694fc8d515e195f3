//! The same server seven times: what a client sends goes back as it comes.

mod async_std;
#[cfg(target_os = "linux")]
mod epoll;
mod event_loop;
mod green_threads;
mod may;
mod smol;
mod tokio;

use std::net::TcpListener;

/// A way to serve.
#[derive(Clone, Copy)]
pub struct Server {
    /// Its name in tables and on the command line.
    pub name: &'static str,
    /// Takes so many connections, and serves them until their clients have closed them.
    pub serve: fn(TcpListener, usize),
}

/// All of them. The last is no runtime, but what there is below them all.
pub const SERVERS: &[Server] = &[
    Server { name: "event loop", serve: event_loop::serve },
    Server { name: "green threads", serve: green_threads::serve },
    Server { name: "tokio", serve: tokio::serve },
    Server { name: "smol", serve: smol::serve },
    Server { name: "async-std", serve: async_std::serve },
    Server { name: "may", serve: may::serve },
    #[cfg(target_os = "linux")]
    Server { name: "epoll", serve: epoll::serve },
];

/// How much a server reads at most: more than a message has, so that one which reads less than
/// that knows that there is no more.
const BUFFER: usize = 1024;
