//! The ways to start a process, behind one interface: [`fork`], [`spawn`] and [`zygote`].
//!
//! | | what the child has | what it costs |
//! |---|---|---|
//! | fork | a copy of all that its parent has, memory too; but of the threads, only the one that called | grows with the parent's memory; and only while the parent has a single thread |
//! | spawn | nothing: the program starts afresh, and is told what to do | the start of a program |
//! | zygote | a copy of a small process, which was spawned once and has done nothing since | a small fork |
//!
//! What a child does is an [`Entry`]: a function with a name, because a program that starts afresh
//! can be told a name, but not an address. So the first thing in `main` is [`enter`], which returns
//! in every process but such a child. (`if __name__ == "__main__"` is Python's end of the same
//! bargain.)
//!
//! Every child dies with its parent, however that dies: see [`lifeline`]. And each is in a process
//! group of its own: what the terminal sends (Ctrl-C) reaches the parent, which decides.

mod birth;
pub mod fork;
mod limits;
pub mod spawn;
pub mod zygote;

use std::fmt;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::str::FromStr;

pub use self::fork::Fork;
pub(crate) use self::limits::explain;
pub use self::spawn::{Spawn, enter};
pub use self::zygote::Zygote;
use crate::child::Child;
#[cfg(doc)]
use crate::lifeline;

/// What a child does, by name.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Its name, unique in the program.
    pub name: &'static str,
    /// What it does with the descriptors that its parent gave it, in the order in which it gave
    /// them. When this returns, the process ends with status 0.
    pub run: fn(Vec<OwnedFd>),
}

/// Who starts processes.
pub trait Start: Send {
    /// Starts a child that does this, with descriptors of its own for what these are.
    ///
    /// # Errors
    /// If there is no process or descriptor to be had, or if this way to start one cannot be gone
    /// now; the error says why. Nothing is left behind then.
    fn start(&mut self, entry: &Entry, descriptors: &[BorrowedFd<'_>]) -> io::Result<Child>;
}

/// The ways to start a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Copy this process.
    Fork,
    /// Start the program afresh.
    Spawn,
    /// Copy a small process that was spawned for this.
    Zygote,
}

impl Method {
    /// All of them.
    pub const ALL: [Method; 3] = [Method::Fork, Method::Spawn, Method::Zygote];

    /// Who starts processes of this program in this way.
    ///
    /// # Errors
    /// If there can be no zygote; or if this program has not called [`enter`], so that its children
    /// wouldn't either.
    pub fn starter(self) -> io::Result<Box<dyn Start>> {
        if self != Method::Fork {
            spawn::entered()?;
        }
        self.starter_of(spawn::this_program()?)
    }

    /// The same for another program, whose `main` begins with [`enter`]. A fork is a copy of this
    /// one in any case.
    ///
    /// # Errors
    /// If there can be no zygote.
    pub fn starter_of(self, program: PathBuf) -> io::Result<Box<dyn Start>> {
        Ok(match self {
            Method::Fork => Box::new(Fork),
            Method::Spawn => Box::new(Spawn::of(program)),
            Method::Zygote => Box::new(Zygote::of(program)?),
        })
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Method::Fork => "fork",
            Method::Spawn => "spawn",
            Method::Zygote => "zygote",
        })
    }
}

impl FromStr for Method {
    type Err = String;

    fn from_str(name: &str) -> Result<Method, String> {
        let method = Method::ALL.into_iter().find(|method| method.to_string() == name);
        method.ok_or_else(|| "the ways to start a process are fork, spawn and zygote".into())
    }
}
