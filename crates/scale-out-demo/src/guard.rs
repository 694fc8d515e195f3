//! A guard: a process that outlives its chapter by a moment, to clear up behind it.
//!
//! ```text
//!   chapter ══ a pipe, never written to ══ guard ── starts, and ends ── redis-server, perhaps
//!                                            └───── removes ─────────── the directory
//! ```
//!
//! What a process does at its end it does not do when it is killed, by Ctrl-C or SIGKILL. Its pipes are
//! closed all the same, by the kernel.

use std::ffi::OsString;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::roles::Program;
use crate::trouble::{Result, Trouble};

/// What a guard does: runs the command, if there is one, until the chapter has closed this process's
/// standard input; then kills it, or else removes the directory.
pub(crate) fn run(directory: &Path, command: Vec<OsString>) -> ! {
    let mut words = command.into_iter();
    if let Some(name) = words.next() {
        let child = Command::new(name)
            .args(words)
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let _ = io::stdin().read_to_end(&mut Vec::new());
        if let Ok(mut child) = child {
            let _ = child.kill();
            let _ = child.wait();
        }
    } else {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        remove(directory);
    }
    std::process::exit(0)
}

/// For how long a directory is removed again.
const PATIENCE: Duration = Duration::from_secs(60);

/// Removes it until it is gone: when its chapter was killed, those who write to it (workers, a server) hear
/// of that when they next get a core, and may have made a file in it behind the back of this.
fn remove(directory: &Path) {
    let start = Instant::now();
    while std::fs::remove_dir_all(directory).is_err()
        && directory.exists()
        && start.elapsed() < PATIENCE
    {
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A guard, while it is on guard. Dropped, it does its work, and that is waited for.
#[derive(Debug)]
pub struct Guard(Child);

impl Guard {
    /// Has the command run in the directory until the end.
    pub(crate) fn of_command(
        program: &Program,
        directory: &Path,
        words: impl IntoIterator<Item = OsString>,
    ) -> io::Result<Guard> {
        program.guard(directory).args(words).spawn().map(Guard)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// A directory for the time of a run.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    _guard: Guard,
}

impl Scratch {
    /// A new one, among the system's temporary files.
    ///
    /// # Errors
    /// If it can't be made, or nobody be found to guard it.
    pub fn new(program: &Program) -> Result<Scratch> {
        let path = std::env::temp_dir().join(format!("scale-out-demo-{}", ulid::Ulid::generate()));
        let doing = format!("a temporary directory, {}", path.display());
        let guard = program.guard(&path).spawn().map_err(Trouble::in_(&doing))?;
        let guard = Guard(guard);
        std::fs::create_dir(&path).map_err(Trouble::in_(&doing))?;
        Ok(Scratch { path, _guard: guard })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}
