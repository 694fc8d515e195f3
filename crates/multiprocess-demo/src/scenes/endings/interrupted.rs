//! The program with a pool is ended by a signal; who is left?

use std::io;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::getpid;

use super::family::{PATIENCE, comes_true, last_wait};
use super::program;
use crate::child::Death;
use crate::scenes::forked::receive;
use crate::scenes::procfs;
use crate::start::Method;

/// What a signal to the program did.
pub struct Left {
    pub signal: Signal,
    /// How the program ended; nothing if it didn't.
    pub death: Option<Death>,
    /// How many processes it had beside itself: workers, and a zygote that makes them.
    pub others: usize,
    /// How many of those ended too: by their lifelines, or because they saw it themselves.
    pub ended: usize,
    /// How many processes were left.
    pub left: usize,
    /// From the signal until all had ended.
    pub took: Duration,
}

/// Starts the program, waits until its workers work, and sends the signal.
pub fn by(signal: Signal) -> io::Result<Left> {
    let (from_program, to_us) = io::pipe()?;
    let mut program = Method::Spawn.starter()?.start(&program::ENTRY, &[to_us.as_fd()])?;
    drop(to_us);
    receive::<1>(&from_program)?;
    let others = procfs::children(program.id());
    let working = || others.iter().filter(|&&pid| procfs::state(pid) == Some('R')).count();
    if !comes_true(|| working() >= program::WORKERS) {
        return Err(io::Error::other("the workers don't begin to work"));
    }
    let start = Instant::now();
    // As the terminal does at Ctrl-C: to the process group, which the workers are not in.
    killpg(program.id(), signal)?;
    let death = program.wait_at_most(PATIENCE)?;
    program.kill();
    let until = Instant::now() + PATIENCE;
    let ends =
        others.iter().map(|&other| last_wait(other, until)).collect::<io::Result<Vec<_>>>()?;
    let took = start.elapsed();
    let ended = ends.iter().flatten().count();
    let left = others.len() - ended + procfs::children(getpid()).len();
    Ok(Left { signal, death, others: others.len(), ended, left, took })
}
