//! What the operating system allows a process.

use std::net::TcpListener;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::socket::{Backlog, listen};

/// Raises the number of files (and so sockets) that this process may have open to what the
/// system allows at most, and returns it. By custom the limit starts low, at 256 or 1,024.
pub fn allow_many_files() -> u64 {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return 256 };
    // macOS says "unlimited" and then refuses more than OPEN_MAX.
    let most = if cfg!(target_os = "macos") { hard.min(10_240).max(soft) } else { hard };
    match setrlimit(Resource::RLIMIT_NOFILE, most, hard) {
        Ok(()) => most,
        Err(_) => soft,
    }
}

/// Makes the queue, in which clients wait to be accepted, as long as the system allows. The
/// standard library makes it 128 long, and a client that finds it full tries again after a second:
/// of thousands that come at once, some would be seen to take whole seconds.
pub fn queue_many_clients(listener: &TcpListener) {
    // On a socket that listens already, listen() only changes the length. If it can't be had, the
    // shorter queue is still a queue.
    let _ = listen(listener, Backlog::MAXCONN);
}
