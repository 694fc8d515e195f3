//! Orphans, on cue: three generations, of which the middle one is killed.
//!
//! ```text
//!   this process ─── its child ─── its grandchild
//!                    † SIGKILL     whose child is it now?
//! ```

use std::hint::spin_loop;
use std::io::{self, PipeReader, PipeWriter};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::WaitStatus;
use nix::unistd::{Pid, getpid, getppid, pause};

use super::family::{PATIENCE, comes_true, last_wait};
use crate::scenes::forked::{forked, forked_alone, number, pid, receive, send};
use crate::scenes::procfs;

/// A grandchild that nothing was done about.
pub struct Orphan {
    /// The one in the middle.
    pub child: Pid,
    /// The grandchild, and whose child it says it is: before its parent's end and after it.
    pub grandchild: Pid,
    pub parents: [Pid; 2],
    /// How it ended, once it was told that it may.
    pub end: Option<WaitStatus>,
}

/// Kills the parent of a process without a lifeline.
pub fn goes_on() -> io::Result<Orphan> {
    let (from_grandchild, report) = io::pipe()?;
    let (word, to_grandchild) = io::pipe()?;
    let mut to_grandchild = Some(to_grandchild);
    let mut child = forked(|| {
        let (report, word) = (report, word);
        // The grandchild ends when nobody can give it a word any more; so no copy of this may be
        // left in the children. (Here is but a copy: the parent keeps its own.)
        to_grandchild = None;
        let Ok(_) = forked_alone(|| say_twice(&report, &word).map_or(1, |()| 0)) else { return 1 };
        wait_for_ever()
    })?;
    let [grandchild, before] = receive(&from_grandchild)?.map(pid);
    child.kill();
    let give = |word: &Option<PipeWriter>| match word {
        Some(to) => send(to, [1]),
        None => Ok(()),
    };
    give(&to_grandchild)?;
    let [_, after] = receive(&from_grandchild)?.map(pid);
    give(&to_grandchild)?;
    let end = last_wait(grandchild, Instant::now() + PATIENCE)?;
    Ok(Orphan { child: child.id(), grandchild, parents: [before, after], end })
}

fn say_twice(report: &PipeWriter, word: &PipeReader) -> io::Result<()> {
    for _ in 0..2 {
        send(report, [number(getpid()), number(getppid())])?;
        receive::<1>(word)?;
    }
    Ok(())
}

fn wait_for_ever() -> ! {
    loop {
        pause();
    }
}

/// What an orphan is at when its parent ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    Computing,
    Stopped,
}

/// Kills the parent of a process with a lifeline: how that ended then, and how long it took.
pub fn ends(at: At) -> io::Result<(Option<WaitStatus>, Duration)> {
    let (from_grandchild, report) = io::pipe()?;
    let mut child = forked(|| {
        let report = report;
        let grandchild = forked(|| match send(&report, [number(getpid())]) {
            Ok(()) => compute_for_ever(),
            Err(_) => 1,
        });
        // Kept in here for as long as the child lives.
        if grandchild.is_ok() { wait_for_ever() } else { 1 }
    })?;
    let [grandchild] = receive(&from_grandchild)?.map(pid);
    if at == At::Stopped {
        kill(grandchild, Signal::SIGSTOP)?;
        if !comes_true(|| procfs::state(grandchild) == Some('T')) {
            return Err(io::Error::other("a process that was sent SIGSTOP goes on"));
        }
    }
    let start = Instant::now();
    child.kill();
    let end = last_wait(grandchild, Instant::now() + PATIENCE)?;
    Ok((end, start.elapsed()))
}

fn compute_for_ever() -> ! {
    loop {
        spin_loop();
    }
}
