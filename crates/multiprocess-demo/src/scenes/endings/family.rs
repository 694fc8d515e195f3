//! Who adopts orphans, so that somebody waits for them.
//!
//! When a process ends, its children get another parent: the nearest of its ancestors that has asked
//! for it (prctl(2), `PR_SET_CHILD_SUBREAPER`), or else process 1 of its container or system. A
//! process 1 that waits for nobody, as in many containers, collects zombies.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::prctl::{get_child_subreaper, set_child_subreaper};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, getpid};

use crate::scenes::procfs;

/// How long what should come to be may take.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// This process adopts all orphans among its descendants for as long as this lives; what is left of
/// them then is killed and waited for.
pub struct Adopting {
    before: bool,
}

impl Adopting {
    /// From now on.
    pub fn start() -> io::Result<Adopting> {
        let before = get_child_subreaper()?;
        set_child_subreaper(true)?;
        Ok(Adopting { before })
    }
}

impl Drop for Adopting {
    fn drop(&mut self) {
        // What is killed may have children, which are ours then.
        while let Some(&child) = procfs::children(getpid()).first() {
            end(child);
        }
        let _ = set_child_subreaper(self.before);
    }
}

fn end(child: Pid) {
    let _ = kill(child, Signal::SIGKILL);
    let _ = waitpid(child, None);
}

/// How a process that this one has adopted ends by itself. One that hasn't until then is killed:
/// nothing.
pub fn last_wait(adopted: Pid, until: Instant) -> io::Result<Option<WaitStatus>> {
    while Instant::now() < until {
        match waitpid(adopted, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::StillAlive) => thread::sleep(Duration::from_micros(100)),
            Err(nix::errno::Errno::EINTR) => {}
            status => return Ok(Some(status?)),
        }
    }
    end(adopted);
    Ok(None)
}

/// Waits for what should come to be soon; whether it did.
pub fn comes_true(mut condition: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    loop {
        match condition() {
            false if start.elapsed() < PATIENCE => thread::sleep(Duration::from_micros(100)),
            held => return held,
        }
    }
}
