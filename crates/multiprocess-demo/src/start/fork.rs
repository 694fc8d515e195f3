//! fork: copy this process, and go on in both.
//!
//! The copy has all memory of the original (the pages are shared until one of them writes) and one
//! thread: the one that called. A lock that another thread held at that moment is held in the copy
//! too, for ever, because nobody is there who would release it; and any library may have such a lock.
//! So this refuses to fork a process with more than one thread. (Python warns of it since 3.12, and
//! has stopped to fork by default on Linux with 3.14.)

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::os::fd::BorrowedFd;

use nix::unistd::{ForkResult, fork};

use super::{Entry, Start, birth};
use crate::child::Child;
use crate::lifeline;

/// Starts processes as copies of this one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fork;

impl Start for Fork {
    fn start(&mut self, entry: &Entry, descriptors: &[BorrowedFd<'_>]) -> io::Result<Child> {
        single_threaded()?;
        // What is in the buffer now would be written by both.
        io::stdout().flush()?;
        let (kept, life) = lifeline::pair()?;
        let given = descriptors.iter().map(BorrowedFd::try_clone_to_owned);
        let given = given.collect::<io::Result<_>>()?;
        // SAFETY: this process has a single thread, so the copy is complete: no lock in it is held
        // by a thread that it lacks. (The thread that was counted is the one that reads this, so no
        // other could have been started since.)
        match unsafe { fork() }? {
            ForkResult::Parent { child } => Ok(Child::new(child, kept)),
            ForkResult::Child => birth::live(life, entry, given),
        }
    }
}

/// Whether this process has a single thread, so that a fork of it is whole.
///
/// # Errors
/// If it has more, or if the system doesn't tell.
pub fn single_threaded() -> io::Result<()> {
    match fs::read_dir("/proc/self/task").map(Iterator::count) {
        Ok(1) => Ok(()),
        Ok(threads) => Err(io::Error::new(
            ErrorKind::Unsupported,
            format!(
                "fork would copy one of this process's {threads} threads, and the locks of the \
                 others for ever locked; start with spawn or zygote"
            ),
        )),
        // No descriptor to look with, say.
        Err(why) if why.kind() != ErrorKind::NotFound => Err(why),
        Err(_) => Err(io::Error::new(
            ErrorKind::Unsupported,
            "this system doesn't tell how many threads there are, and fork is safe with one only; \
             start with spawn",
        )),
    }
}
