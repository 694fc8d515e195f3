//! This program once more, as something else: a worker, or the guard of what must not be left behind.
//!
//! A worker that is started afresh is told in a line what it is, and asks for the rest over the
//! network, or from the file: nothing of it would be different if it ran on another machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{guard, worker};

const WORKER: &str = "be-a-worker";
const GUARD: &str = "be-a-guard";

/// The first thing in the `main` of a program that has workers: in a process that was started as one,
/// it does not return.
pub fn enter() {
    let mut arguments = std::env::args_os().skip(1);
    match arguments.next().as_deref().and_then(std::ffi::OsStr::to_str) {
        Some(WORKER) => {
            let mut orders = String::new();
            if arguments.next().is_none() {
                let _ = std::io::stdin().read_line(&mut orders);
            }
            match serde_json::from_str(&orders) {
                Ok(orders) => worker::run(orders),
                Err(_) => refuse("a worker is started by a chapter, which sends it its orders"),
            }
        }
        Some(GUARD) => match arguments.next() {
            Some(directory) => guard::run(Path::new(&directory), arguments.collect()),
            None => refuse("a guard is started by a chapter, with a directory"),
        },
        _ => {}
    }
}

fn refuse(why: &str) -> ! {
    eprintln!("scale-out-demo: {why}");
    std::process::exit(2)
}

/// The program that can be all this: this one, unless it is a test.
#[derive(Debug, Clone)]
pub struct Program(PathBuf);

impl Program {
    /// The program of this process.
    ///
    /// # Errors
    /// If the system doesn't tell which that is.
    pub fn this() -> std::io::Result<Program> {
        std::env::current_exe().map(Program)
    }

    /// Another one, that begins with [`enter`].
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Program {
        Program(path.into())
    }

    /// It is sent its orders as the first line of its input: they may hold a password, and a command
    /// line is everybody's to read.
    pub(crate) fn worker(&self) -> Command {
        let mut command = self.command();
        command.arg(WORKER).stdout(Stdio::piped());
        command
    }

    pub(crate) fn guard(&self, directory: &Path) -> Command {
        let mut command = self.command();
        command.arg(GUARD).arg(directory).stdout(Stdio::null());
        command
    }

    /// A process that knows by the end of its standard input that this one has ended; and no sooner:
    /// Ctrl-C goes to everybody in the terminal's group, so it is in another.
    fn command(&self) -> Command {
        use std::os::unix::process::CommandExt;
        let mut command = Command::new(&self.0);
        command.process_group(0).stdin(Stdio::piped());
        command
    }
}
