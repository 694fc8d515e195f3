//! spawn: start the program afresh, and tell it what to do.
//!
//! ```text
//!   parent                                      child
//!     program --a-child-of-its-own  ─────────►  main() { enter(…)
//!     name, descriptors  ──── socket ────────►           waits for them at its standard input
//!                                                        runs the entry of that name, and ends }
//! ```
//!
//! Nothing is inherited but what is handed over, so it doesn't matter what the parent's threads are
//! doing or how large it is. The system's `posix_spawn` need not even copy its page tables.

use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::{env, process};

use nix::unistd::Pid;

use super::{Entry, Start, birth, explain, zygote};
use crate::child::Child;
use crate::{handover, lifeline};

/// The only argument of a program that is started as a child.
const MARK: &str = "--a-child-of-its-own";

/// Whether this process has been through [`enter`].
static ENTERED: AtomicBool = AtomicBool::new(false);

/// Starts processes by starting a program.
#[derive(Debug, Clone)]
pub struct Spawn {
    program: PathBuf,
}

impl Spawn {
    /// By starting this program, whose `main` begins with [`enter`].
    #[must_use]
    pub fn of(program: PathBuf) -> Spawn {
        Spawn { program }
    }

    /// Starts the program, and hands this over; also the socket, over which more can follow.
    pub(super) fn start_with(
        &self,
        name: &str,
        descriptors: &[BorrowedFd<'_>],
    ) -> io::Result<(Child, UnixStream)> {
        if env::args_os().nth(1).is_some_and(|argument| argument == MARK) {
            // Else each child would start another one, and so on.
            entered()?;
        }
        let (ours, theirs) = UnixStream::pair()?;
        let (kept, life) = lifeline::pair()?;
        let mut command = Command::new(&self.program);
        if let Some(itself) = env::args_os().next() {
            command.arg0(itself);
        }
        command.arg(MARK).stdin(Stdio::from(OwnedFd::from(theirs))).process_group(0);
        let started = command.spawn().map_err(|why| {
            let program = self.program.display();
            let (kind, why) = (why.kind(), explain(why));
            io::Error::new(kind, format!("starting {program} as a child: {why}"))
        })?;
        let child = Child::new(Pid::from_raw(started.id().cast_signed()), kept);
        let with_life: Vec<_> = [life.as_fd()].iter().chain(descriptors).copied().collect();
        match handover::send(&ours, name, &with_life) {
            // It was killed before it was told anything. That is a death, and shows as one.
            Err(why) if why.kind() != ErrorKind::BrokenPipe => Err(why),
            _ => Ok((child, ours)),
        }
    }
}

impl Start for Spawn {
    fn start(&mut self, entry: &Entry, descriptors: &[BorrowedFd<'_>]) -> io::Result<Child> {
        self.start_with(entry.name, descriptors).map(|(child, _)| child)
    }
}

/// Whether this process has been through [`enter`].
pub(super) fn entered() -> io::Result<()> {
    let why = "this program can't be started as a child: its main() has to begin with enter()";
    match ENTERED.load(Ordering::Relaxed) {
        true => Ok(()),
        false => Err(io::Error::new(ErrorKind::Unsupported, why)),
    }
}

/// This program's own file. On Linux not by its name: a new build may have taken its place there.
pub(super) fn this_program() -> io::Result<PathBuf> {
    match cfg!(target_os = "linux") {
        true => Ok("/proc/self/exe".into()),
        false => env::current_exe(),
    }
}

/// The first thing in the `main` of a program that starts processes of its own: in a process that
/// was started as a child it does what its parent wants done, and never returns. In all others it
/// does nothing.
pub fn enter(entries: &[Entry]) {
    ENTERED.store(true, Ordering::Relaxed);
    if env::args_os().nth(1).is_some_and(|argument| argument == MARK) {
        process::exit(match be_born(entries) {
            Ok(()) => 0,
            // Its parent has gone: nobody asks why this one ends.
            Err(why) if why.kind() == ErrorKind::BrokenPipe => 1,
            Err(why) => {
                eprintln!("a process that was started as a child: {why}");
                2
            }
        });
    }
}

fn be_born(entries: &[Entry]) -> io::Result<()> {
    let socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let Some((name, mut descriptors)) = handover::receive(&socket)? else {
        return Err(io::Error::new(ErrorKind::BrokenPipe, "its parent has gone"));
    };
    // Not every library asks for its descriptors to be closed at an exec.
    let kept = descriptors.iter().map(AsRawFd::as_raw_fd).chain([socket.as_raw_fd()]);
    birth::close_all_but(kept.collect());
    if descriptors.is_empty() {
        return Err(io::Error::new(ErrorKind::InvalidData, "it was given no lifeline"));
    }
    birth::tie(descriptors.remove(0))?;
    if name == zygote::NAME {
        let page = descriptors.pop().ok_or(ErrorKind::InvalidData)?;
        return zygote::serve(&socket, &page, entries);
    }
    drop(socket);
    (find(&name, entries)?.run)(descriptors);
    Ok(())
}

/// The entry of this name.
pub(super) fn find<'a>(name: &str, entries: &'a [Entry]) -> io::Result<&'a Entry> {
    entries.iter().find(|entry| entry.name == name).ok_or_else(|| no_entry(name))
}

pub(super) fn no_entry(name: &str) -> io::Error {
    io::Error::new(ErrorKind::NotFound, format!("this program has no entry {name:?}"))
}
