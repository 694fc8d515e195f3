//! The programs that a text speaks of: found or built, and run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use crate::repository::{read, root};

/// Whether a chapter's program can be asked without compiling what the reader has not asked for: one
/// that `cargo build` leaves out only if it was built.
#[must_use]
pub fn is_at_hand(package: &str) -> bool {
    is_usual(package) || beside(package).is_ok()
}

/// Whether `cargo build` builds it.
fn is_usual(package: &str) -> bool {
    let manifest = read(Path::new("Cargo.toml"));
    let usual =
        manifest.split_once("default-members = [").and_then(|(_, rest)| rest.split_once(']'));
    let is_it = |member: &str| member.rsplit('/').next() == Some(package);
    usual.is_some_and(|(usual, _)| usual.split('"').any(is_it))
}

/// A package's program, as the sources are now: what lies there may be older. One that `cargo build`
/// leaves out is built only if it is not there.
///
/// # Panics
/// If it can't be built.
#[must_use]
pub fn program(package: &str) -> PathBuf {
    static FRESH: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut fresh = FRESH.lock().unwrap_or_else(PoisonError::into_inner);
    // All that `cargo build` makes is made at once: singly, what they share would be compiled again
    // for each, with other features.
    let what = if is_usual(package) { "" } else { package };
    if !fresh.contains(what) && (what.is_empty() || beside(package).is_err()) {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build.args(["build", "-q"]).current_dir(root());
        if !what.is_empty() {
            build.args(["-p", what]);
        }
        // Where this program was put, so that the other is found beside it.
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        let built = build.status();
        assert!(built.is_ok_and(|status| status.success()), "{package} can't be built");
        fresh.insert(what.to_owned());
    }
    beside(package).expect("it was built")
}

/// A package's program, if it lies where this one does (or this test's).
///
/// # Errors
/// If it was not built.
pub fn beside(package: &str) -> Result<PathBuf, String> {
    let us = std::env::current_exe().map_err(|why| why.to_string())?;
    // Ours is target/debug/docs, a test target/debug/deps/book-123.
    let mut places = us.ancestors().skip(1).take(2).map(|folder| folder.join(package));
    let found = places.find(|place| place.is_file());
    found.ok_or_else(|| format!("{package} was not built: cargo build -p {package}"))
}

/// What a program prints, at 80 columns and without colour.
///
/// # Panics
/// If it can't be run, or fails.
#[must_use]
pub fn output(command: &mut Command) -> String {
    printed(command).unwrap_or_else(|why| panic!("{why}"))
}

/// The same, for who can say what is wrong.
///
/// # Errors
/// If it can't be run, or fails.
pub fn printed(command: &mut Command) -> Result<String, String> {
    command.env("COLUMNS", "80").env("NO_COLOR", "1").current_dir(root());
    let output = command.output().map_err(|why| format!("{command:?}: {why}"))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(format!("{command:?}: {}: {}", output.status, said.trim()))
        }
    }
}
