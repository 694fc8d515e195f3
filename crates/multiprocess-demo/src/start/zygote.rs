//! zygote: a small process, spawned once, of which all others are copies.
//!
//! ```text
//!   parent ── name, descriptors ──► zygote ── clone ──► worker
//!     ▲                               │          │
//!     ├──────── "it is made" ─────────┘          ▼ written by the kernel
//!     └───────── its process id ──────── [ a page that both see ]
//! ```
//!
//! A fork costs what has to be copied: the page tables, which grow with the memory. The zygote has
//! next to none, and a single thread for ever, so a fork of it is always cheap and always whole,
//! however large the parent and however many its threads. Android starts every application so;
//! Python calls it the *forkserver*.
//!
//! There is one thing that its children must not be, and that is its children: only a parent can wait
//! for a process, and learn how it ended. Linux lets a process make a brother (clone(2),
//! `CLONE_PARENT`), so a worker is the pool's own child from the start. Its number must reach the
//! pool even if the zygote, or the worker, or both are killed in the middle of this: so the kernel
//! writes it (`CLONE_PARENT_SETTID`), before the worker takes its first step, into memory that the
//! pool sees too. A worker whose number nobody knew could never be waited for.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::num::NonZero;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::ptr::NonNull;
use std::time::Duration;

use nix::errno::Errno;
#[cfg(target_os = "linux")]
use nix::libc;
use nix::sys::mman::{MapFlags, ProtFlags, mmap};
use nix::unistd::Pid;

#[cfg(target_os = "linux")]
use super::birth;
use super::spawn::{Spawn, find, no_entry};
use super::{Entry, Start};
use crate::child::Child;
use crate::{handover, lifeline};

/// What the zygote is told to be.
pub(super) const NAME: &str = "zygote";

/// How long a zygote may take for a copy; one that was stopped takes for ever.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many new zygotes are tried for one copy. That one dies can be bad luck.
const HATCHES: usize = 3;

/// Starts processes as copies of one that was started for this.
pub struct Zygote {
    spawn: Spawn,
    process: Child,
    socket: UnixStream,
    /// Where the kernel writes the number of the last copy.
    newborn: File,
}

impl Zygote {
    /// A zygote of this program, whose `main` begins with [`enter`](super::enter).
    ///
    /// # Errors
    /// If it can't be started; and where no process can make itself a brother.
    pub fn of(program: PathBuf) -> io::Result<Zygote> {
        let newborn = page()?;
        let spawn = Spawn::of(program);
        let (process, socket) = Zygote::hatch(&spawn, &newborn)?;
        Ok(Zygote { spawn, process, socket, newborn })
    }

    /// The process of which the others are copies.
    #[must_use]
    pub fn id(&self) -> Pid {
        self.process.id()
    }

    fn hatch(spawn: &Spawn, newborn: &File) -> io::Result<(Child, UnixStream)> {
        let (process, socket) = spawn.start_with(NAME, &[newborn.as_fd()])?;
        socket.set_read_timeout(Some(PATIENCE))?;
        Ok((process, socket))
    }

    /// A copy; or none, if the zygote is not what it was, and has made none. It is no more then.
    fn ask(&mut self, entry: &Entry, descriptors: &[BorrowedFd<'_>]) -> io::Result<Option<Child>> {
        let (kept, life) = lifeline::pair()?;
        let with_life: Vec<_> = [life.as_fd()].iter().chain(descriptors).copied().collect();
        self.newborn.write_all_at(&[0; 4], 0)?;
        let mut answer = [0; 4];
        let answered = match handover::send(&self.socket, entry.name, &with_life) {
            Err(why)
                if !matches!(why.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) =>
            {
                return Err(why);
            }
            sent => sent.and_then(|()| self.socket.read_exact(&mut answer)),
        };
        if answered.is_err() {
            // Killed; or stopped, and then it must not go on. What it has made meanwhile is whole.
            self.process.kill();
        }
        let mut number = [0; 4];
        self.newborn.read_exact_at(&mut number, 0)?;
        let child = match i32::from_ne_bytes(number) {
            pid @ 1.. => Some(Child::new(Pid::from_raw(pid), kept)),
            _ => None,
        };
        match (answered, i32::from_ne_bytes(answer)) {
            (Ok(()), 0) => Ok(child),
            (Ok(()), NO_ENTRY) => Err(no_entry(entry.name)),
            (Ok(()), errno) => Err(Errno::from_raw(errno).into()),
            (Err(_), _) => Ok(child),
        }
    }
}

impl Start for Zygote {
    fn start(&mut self, entry: &Entry, descriptors: &[BorrowedFd<'_>]) -> io::Result<Child> {
        for _ in 0..HATCHES {
            if let Some(child) = self.ask(entry, descriptors)? {
                return Ok(child);
            }
            // Its copies don't need it to live.
            (self.process, self.socket) = Zygote::hatch(&self.spawn, &self.newborn)?;
        }
        self.ask(entry, descriptors)?.ok_or_else(|| {
            let how = self.process.wait();
            io::Error::other(format!("{HATCHES} new zygotes made no copy; the last one: {how}"))
        })
    }
}

/// Memory that two processes can see: four bytes of it.
#[cfg(target_os = "linux")]
fn page() -> io::Result<File> {
    use nix::sys::memfd::{MFdFlags, memfd_create};
    let page = File::from(memfd_create(c"newborn", MFdFlags::MFD_CLOEXEC)?);
    page.set_len(4)?;
    Ok(page)
}

/// There can be no zygote, so it needs none.
#[cfg(not(target_os = "linux"))]
fn page() -> io::Result<File> {
    let why = "a zygote makes brothers, and that takes Linux's clone(); start with spawn";
    Err(io::Error::new(ErrorKind::Unsupported, why))
}

/// What a zygote answers that doesn't know an entry. (Errors of the system are positive.)
const NO_ENTRY: i32 = -1;

/// The zygote's life: a copy for each message, until its parent has gone.
pub(super) fn serve(socket: &UnixStream, page: &OwnedFd, entries: &[Entry]) -> io::Result<()> {
    let (length, access) = (NonZero::<usize>::MIN.saturating_add(3), ProtFlags::PROT_WRITE);
    // SAFETY: a new mapping, at a place that the system chooses; it is there until this process ends.
    let number = unsafe { mmap(None, length, access, MapFlags::MAP_SHARED, page, 0) }?;
    while let Some((name, mut descriptors)) = handover::receive(socket)? {
        let answer = match find(&name, entries) {
            Ok(entry) if !descriptors.is_empty() => {
                let life = descriptors.remove(0);
                copy(number.cast(), life, entry, descriptors).map_or_else(|why| why as i32, |()| 0)
            }
            _ => NO_ENTRY,
        };
        // Not before it has let go of what it handed on: of a worker that dies, nothing must be left
        // open, or nobody sees that it has.
        let mut socket = socket;
        socket.write_all(&answer.to_ne_bytes())?;
    }
    Ok(())
}

/// Makes a copy of this process that does this, whose number the kernel writes to `number`.
#[cfg(target_os = "linux")]
fn copy(
    number: NonNull<i32>,
    life: OwnedFd,
    entry: &Entry,
    descriptors: Vec<OwnedFd>,
) -> Result<(), Errno> {
    let flags = libc::CLONE_PARENT | libc::CLONE_PARENT_SETTID | libc::SIGCHLD;
    let none = std::ptr::null::<libc::c_void>();
    // SAFETY: without CLONE_VM this is a fork: the copy goes on on a copy of this stack (so the stack
    // given is null). The third argument is where the number goes, an i32 that is mapped for as long
    // as this process lives; the others are not looked at. This process has a single thread
    // since its start (`enter` comes first in main, and `serve` starts none), so no lock in the
    // copy is held by a thread that it lacks. What the C library would do at a fork beside that is to
    // renew the thread's number in its own records, which are asked for it by nothing that is called
    // here: the standard library's locks and threads know nothing of it, and glibc's abort() asks the
    // kernel.
    let pid = unsafe {
        libc::syscall(libc::SYS_clone, libc::c_long::from(flags), none, number.as_ptr(), none, none)
    };
    match Errno::result(pid)? {
        0 => birth::live(life, entry, descriptors),
        _ => Ok(()),
    }
}

/// Refused before it comes to this.
#[cfg(not(target_os = "linux"))]
fn copy(_: NonNull<i32>, _: OwnedFd, _: &Entry, _: Vec<OwnedFd>) -> Result<(), Errno> {
    Err(Errno::ENOTSUP)
}
