//! A child process: owned by one value, reaped exactly once, and never forgotten.

use std::fmt;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// A child process. (In a program that ignores SIGCHLD the kernel reaps children as they end, and their
/// numbers may be somebody else's when they are signalled: don't.) Dropped, it is killed and reaped: nothing runs on, and no zombie is left.
#[derive(Debug)]
pub struct Child {
    pid: Pid,
    /// Our end of its [`lifeline`](crate::lifeline): held for as long as it may live.
    life: OwnedFd,
    /// How it ended, once it has been reaped. Its number may be another process's then.
    death: Option<Death>,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// It ended by itself, with this status.
    Exited(i32),
    /// A signal ended it, the one with this number.
    Killed(i32),
    /// Somebody else has reaped it (this process ignores SIGCHLD, say).
    Unknown,
}

impl Child {
    pub(crate) fn new(pid: Pid, life: OwnedFd) -> Child {
        Child { pid, life, death: None }
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> Pid {
        self.pid
    }

    /// Shows an error event to `poll` once the process has ended: the other end of its lifeline is
    /// closed then.
    #[must_use]
    pub fn pulse(&self) -> BorrowedFd<'_> {
        self.life.as_fd()
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<Death> {
        self.reap(WaitPidFlag::WNOHANG)
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> Death {
        loop {
            if let Some(death) = self.reap(WaitPidFlag::empty()) {
                return death;
            }
        }
    }

    /// Waits for its end, for as long as patience lasts.
    ///
    /// # Errors
    /// If `poll` fails.
    pub fn wait_at_most(&mut self, patience: Duration) -> io::Result<Option<Death>> {
        let start = Instant::now();
        while self.ended().is_none() {
            let left = patience.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Ok(None);
            }
            // Rounded up: a poll knows milliseconds only.
            let left = left.saturating_add(Duration::from_micros(999));
            let timeout = PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX);
            // No event is asked for: that the other end was closed is told unasked.
            let mut pulse = [PollFd::new(self.life.as_fd(), PollFlags::empty())];
            match poll(&mut pulse, timeout) {
                // It is closed a moment before the process can be reaped.
                Ok(1..) => return Ok(Some(self.wait())),
                Ok(_) | Err(Errno::EINTR) => {}
                Err(why) => return Err(why.into()),
            }
        }
        Ok(self.death)
    }

    /// Kills it, and waits for its end. What has ended before keeps its death.
    pub fn kill(&mut self) -> Death {
        self.signal(Signal::SIGKILL);
        self.wait()
    }

    /// Sends it a signal, unless it has been reaped.
    pub fn signal(&mut self, signal: Signal) {
        // Not reaped yet, so the number is still its own, even if it has ended.
        if self.ended().is_none() {
            let _ = kill(self.pid, signal);
        }
    }

    fn reap(&mut self, flags: WaitPidFlag) -> Option<Death> {
        if self.death.is_none() {
            self.death = match waitpid(self.pid, Some(flags)) {
                Ok(WaitStatus::Exited(_, status)) => Some(Death::Exited(status)),
                Ok(WaitStatus::Signaled(_, signal, _)) => Some(Death::Killed(signal as i32)),
                Err(Errno::ECHILD) => Some(Death::Unknown),
                Ok(_) | Err(_) => None,
            };
        }
        self.death
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill();
    }
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Death::Exited(status) => write!(f, "ended with status {status}"),
            Death::Killed(number) => match Signal::try_from(number) {
                Ok(signal) => write!(f, "killed by {signal}"),
                Err(_) => write!(f, "killed by signal {number}"),
            },
            Death::Unknown => f.write_str("ended, nobody knows how"),
        }
    }
}
