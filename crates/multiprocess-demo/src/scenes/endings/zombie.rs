//! A zombie, on cue.

use std::io;

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;

use super::family::comes_true;
use crate::child::Death;
use crate::scenes::forked::{forked, receive, send};
use crate::scenes::procfs;

/// What is seen of a child at one moment.
pub struct Seen {
    pub when: &'static str,
    /// Its state, as /proc has it; nothing if there is no such process.
    pub state: Option<char>,
    /// How much memory it has, in KiB.
    pub memory: u64,
    /// Whether a signal could be sent to it.
    pub reached: bool,
}

/// What the child ends with.
pub const STATUS: i32 = 3;

/// A child lives, ends, and is waited for.
pub fn life_and_death() -> io::Result<([Seen; 3], Death)> {
    let (from_parent, to_child) = io::pipe()?;
    let mut child = forked(|| receive::<1>(&from_parent).map_or(1, |_| STATUS))?;
    let pid = child.id();
    comes_true(|| procfs::state(pid) == Some('S'));
    let alive = seen("it waits for a word", pid);
    send(&to_child, [1])?;
    // Waits until it has ended, but doesn't take its status: for that it stays.
    while let Err(why) = waitid(Id::Pid(pid), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT) {
        if why != Errno::EINTR {
            return Err(why.into());
        }
    }
    let ended = seen("it has ended", pid);
    let death = child.wait();
    Ok(([alive, ended, seen("waited for", pid)], death))
}

fn seen(when: &'static str, pid: Pid) -> Seen {
    let (state, memory) = (procfs::state(pid), procfs::memory(pid));
    Seen { when, state, memory, reached: kill(pid, None).is_ok() }
}
