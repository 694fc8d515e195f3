//! What must block, on another thread of the operating system.

use std::io::{self, Read};
use std::net;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::panic::resume_unwind;
use std::thread;

use crate::green::net::TcpStream;

/// Runs this on a thread of the operating system, and waits for its end while the other green
/// threads run. asyncio calls it `to_thread`; gevent has a `threadpool`, which keeps its threads.
///
/// Nothing of a green thread can be touched from another thread. A socket can: the thread closes
/// one end when it is done, also when it panics, and that wakes whoever reads the other.
///
/// # Errors
/// If there is no thread or socket for it.
///
/// # Panics
/// With the panic of `what`.
pub fn elsewhere<T: Send + 'static>(what: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    let (ours, theirs) = UnixStream::pair()?;
    // To read from, a stream is a stream, whatever it came from.
    let ours = TcpStream::from_std(net::TcpStream::from(OwnedFd::from(ours)))?;
    let thread = thread::Builder::new().spawn(move || {
        let _closed_at_the_end = theirs;
        what()
    })?;
    // Nothing is ever written: this reads the end.
    (&ours).read_to_end(&mut Vec::new())?;
    // It has nothing left to do but to end.
    thread.join().or_else(|panic| resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::green;
    use std::panic::catch_unwind;
    use std::sync::mpsc;

    #[test]
    fn others_run_until_it_has_ended() {
        let result = green::run(|| {
            let (tell, told) = mpsc::channel();
            // It ends only when another green thread has run.
            green::spawn(move || tell.send(42));
            elsewhere(move || told.recv())
        });
        assert_eq!(result.expect("a poller").expect("a thread"), Ok(42));
    }

    #[test]
    fn its_panic_is_ours() {
        let run = || green::run(|| elsewhere(|| resume_unwind(Box::new("no"))));
        let panic = catch_unwind(run).map(drop).expect_err("a panic");
        assert_eq!(panic.downcast_ref(), Some(&"no"));
    }
}
