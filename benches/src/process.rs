//! Processes of ours: a child ends by itself, or at its deadline, or at Ctrl-C, and never outlives us.
//! Here is who is started, and how it holds on to its parent; what the parent has of it is a
//! [`Child`], and what it tells are figures, or [`Trouble`].

mod child;
mod told;
mod trouble;

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::{env, io};

use nix::sys::signal::Signal;

pub use child::Child;
pub use told::{ask, heard, say, tell};
pub use trouble::Trouble;

use crate::Result;
use crate::interrupt::{self, Interrupt};

/// This program, to be started once more.
///
/// # Errors
/// If it can't find itself.
pub fn ourselves() -> io::Result<Command> {
    // Not by name on Linux: cargo may put a new build in the place of the one that runs.
    let file = if cfg!(target_os = "linux") {
        PathBuf::from("/proc/self/exe")
    } else {
        env::current_exe()?
    };
    let mut command = Command::new(file);
    command.arg0(env!("CARGO_PKG_NAME"));
    Ok(command)
}

/// Another program, to be started as a child that dies with us: this one is started, and becomes it.
///
/// # Errors
/// If this program can't find itself.
pub fn under_us(program: &Path) -> io::Result<Command> {
    let mut command = ourselves()?;
    command.args(["become", "--parent", &process::id().to_string(), "--"]).arg(program);
    Ok(command)
}

/// For a child, as the first thing it does: hears the signals that its parent has blocked, and
/// dies with its parent.
///
/// # Errors
/// If the parent has gone already.
pub fn be_child_of(parent: u32) -> Result {
    interrupt::unblock()?;
    when_it_dies(parent, Signal::SIGKILL)
}

/// The same for a child that starts others: its parent's death is an interrupt, so that what it has
/// started by [`Child::start_beside_us`] dies, with all that this has started.
///
/// # Errors
/// As [`be_child_of`].
pub fn be_guard_of(parent: u32) -> Result<Interrupt> {
    let interrupt = Interrupt::listen_once()?;
    when_it_dies(parent, Signal::SIGTERM)?;
    Ok(interrupt)
}

fn when_it_dies(parent: u32, signal: Signal) -> Result {
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_pdeathsig(signal)?;
    #[cfg(not(target_os = "linux"))]
    let _ = signal;
    match std::os::unix::process::parent_id() == parent {
        true => Ok(()),
        false => Err("the parent has gone".into()),
    }
}
