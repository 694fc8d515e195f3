//! A program with a pool of workers that never gets done, to be ended from outside.

use std::io::PipeWriter;
use std::iter::repeat;
use std::os::fd::OwnedFd;

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use stage::Result;

use crate::Pool;
use crate::jobs::{REPERTOIRE, faults};
use crate::pool::{Options, Terms};
use crate::scenes::forked::send;
use crate::start::Entry;

/// How many workers it has.
pub const WORKERS: usize = 3;

/// An hour, in µs: longer than anybody waits.
const LONG: u64 = 3_600_000_000;

/// The program: it says so when its pool is there.
pub const ENTRY: Entry = Entry { name: "a program with a pool", run };

fn run(descriptors: Vec<OwnedFd>) {
    if let Err(why) = work(descriptors) {
        eprintln!("a program with a pool: {why}");
    }
}

fn work(descriptors: Vec<OwnedFd>) -> Result {
    // What is started in the background of a shell ignores Ctrl-C, and so do its children.
    let usual = SigAction::new(SigHandler::SigDfl, SaFlags::empty(), SigSet::empty());
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        // SAFETY: the default action is no code of ours, which might be run at any moment.
        unsafe { sigaction(signal, &usual) }?;
    }
    let mut pool = Pool::new(REPERTOIRE, Options::workers(WORKERS))?;
    for to in descriptors {
        send(&PipeWriter::from(to), [pool.workers().len() as u64])?;
    }
    pool.imap_unordered(Terms::default(), &faults::WORK_FOR, repeat(LONG)).for_each(drop);
    Ok(())
}
