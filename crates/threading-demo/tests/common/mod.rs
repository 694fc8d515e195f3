//! What the tests of the program share.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

/// Plays this chapter with these arguments, without a terminal.
pub fn play(arguments: &[&str], last: Option<&Path>) -> Output {
    let mut chapter = Command::new(env!("CARGO_BIN_EXE_threading-demo"));
    chapter.args(arguments).args(last).env("COLUMNS", "80");
    chapter.output().expect("the chapter's program")
}

/// A directory that is gone when this is dropped.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> Scratch {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let unique =
            format!("threading-demo-{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = env::temp_dir().join(unique);
        fs::create_dir(&path).expect("a scratch directory");
        Scratch(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
