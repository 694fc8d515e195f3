//! zygote: a small process, spawned once, of which all others are copies.
//!
//! ```text
//!   parent ── name, descriptors ──► zygote ── clone ──► worker
//!     ▲                                                   │ its process id, over the same socket
//!     └───────────────────────────────────────────────────┘
//! ```
//!
//! A fork costs what has to be copied: the page tables, which grow with the memory. The zygote has
//! next to none, and a single thread for ever, so a fork of it is always cheap and always whole,
//! however large the parent and however many its threads. Android starts every application so;
//! Python calls it the *forkserver*.
//!
//! There is one thing that its children must not be, and that is its children: only a parent can wait
//! for a process, and learn how it ended. Linux lets a process make a brother (clone(2),
//! `CLONE_PARENT`), so a worker is the pool's own child from the start. The worker itself reports its
//! number: if the zygote did, one that is killed in between would leave a worker that nobody knows.

use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use nix::errno::Errno;
#[cfg(target_os = "linux")]
use nix::libc;
use nix::unistd::Pid;

#[cfg(target_os = "linux")]
use super::birth;
use super::spawn::{Spawn, find};
use super::{Entry, Start};
use crate::child::Child;
use crate::{handover, lifeline};

/// What the zygote is told to be.
pub(super) const NAME: &str = "zygote";

/// How long a zygote may take for a copy; one that was stopped takes for ever.
const PATIENCE: Duration = Duration::from_secs(5);

/// Starts processes as copies of one that was started for this.
pub struct Zygote {
    spawn: Spawn,
    process: Child,
    socket: UnixStream,
}

impl Zygote {
    /// A zygote of this program, whose `main` begins with [`enter`](super::enter).
    ///
    /// # Errors
    /// If it can't be started; and where no process can make itself a brother.
    pub fn of(program: PathBuf) -> io::Result<Zygote> {
        if !cfg!(target_os = "linux") {
            let why = "a zygote makes brothers, and that takes Linux's clone(); start with spawn";
            return Err(io::Error::new(ErrorKind::Unsupported, why));
        }
        let spawn = Spawn::of(program);
        let (process, socket) = Zygote::hatch(&spawn)?;
        Ok(Zygote { spawn, process, socket })
    }

    /// The process of which the others are copies.
    #[must_use]
    pub fn id(&self) -> Pid {
        self.process.id()
    }

    fn hatch(spawn: &Spawn) -> io::Result<(Child, UnixStream)> {
        let (process, socket) = spawn.start_with(NAME, &[])?;
        socket.set_read_timeout(Some(PATIENCE))?;
        Ok((process, socket))
    }

    fn ask(&mut self, entry: &Entry, descriptors: &[BorrowedFd<'_>]) -> io::Result<Child> {
        let (kept, life) = lifeline::pair()?;
        let with_life: Vec<_> = [life.as_fd()].iter().chain(descriptors).copied().collect();
        handover::send(&self.socket, entry.name, &with_life)?;
        let mut answer = [0; 4];
        self.socket.read_exact(&mut answer)?;
        match i32::from_ne_bytes(answer) {
            pid @ 1.. => Ok(Child::new(Pid::from_raw(pid), kept)),
            error => Err(Errno::from_raw(-error).into()),
        }
    }
}

impl Start for Zygote {
    fn start(&mut self, entry: &Entry, descriptors: &[BorrowedFd<'_>]) -> io::Result<Child> {
        match self.ask(entry, descriptors) {
            Err(why) if broken(&why) => {
                // Somebody has killed the zygote, or stopped it. Its copies don't need it to live.
                self.process.kill();
                (self.process, self.socket) = Zygote::hatch(&self.spawn)?;
                self.ask(entry, descriptors)
            }
            result => result,
        }
    }
}

/// Whether this can only mean that the zygote is not what it was.
fn broken(why: &io::Error) -> bool {
    matches!(
        why.kind(),
        ErrorKind::UnexpectedEof
            | ErrorKind::BrokenPipe
            | ErrorKind::ConnectionReset
            | ErrorKind::WouldBlock
            | ErrorKind::TimedOut
    )
}

/// The zygote's life: a copy for each message, until its parent has gone.
pub(super) fn serve(socket: &UnixStream, entries: &[Entry]) -> io::Result<()> {
    while let Some((name, mut descriptors)) = handover::receive(socket)? {
        let copied = match find(&name, entries) {
            Ok(entry) if !descriptors.is_empty() => {
                let life = descriptors.remove(0);
                copy(socket, life, entry, descriptors)
            }
            _ => Err(Errno::ENOENT),
        };
        if let Err(why) = copied {
            report(socket, -(why as i32))?;
        }
    }
    Ok(())
}

fn report(mut socket: &UnixStream, number: i32) -> io::Result<()> {
    socket.write_all(&number.to_ne_bytes())
}

/// Makes a copy of this process that does this. It reports its number, and lives.
#[cfg(target_os = "linux")]
fn copy(
    socket: &UnixStream,
    life: OwnedFd,
    entry: &Entry,
    descriptors: Vec<OwnedFd>,
) -> Result<(), Errno> {
    let flags = (libc::CLONE_PARENT | libc::SIGCHLD) as libc::c_ulong;
    // SAFETY: without CLONE_VM this is a fork: the copy goes on on a copy of this stack (so the stack
    // given is null), and the other arguments are not looked at. This process has a single thread
    // since its start (`enter` comes first in main, and `serve` starts none), so no lock in the
    // copy is held by a thread that it lacks. What the C library would do at a fork beside that is to
    // renew the thread's number in its own records, which are asked for it by nothing that is called
    // here: the standard library's locks and threads know nothing of it.
    let pid = unsafe { libc::syscall(libc::SYS_clone, flags, 0, 0, 0, 0) };
    match Errno::result(pid)? {
        0 => {
            if report(socket, std::process::id().cast_signed()).is_err() {
                // SAFETY: this ends the process, which is nobody's yet.
                unsafe { libc::_exit(1) }
            }
            birth::live(life, entry, descriptors)
        }
        _ => Ok(()),
    }
}

/// Refused before it comes to this.
#[cfg(not(target_os = "linux"))]
fn copy(_: &UnixStream, _: OwnedFd, _: &Entry, _: Vec<OwnedFd>) -> Result<(), Errno> {
    Err(Errno::ENOTSUP)
}
