//! What the tests of the scenes share.

use std::path::Path;
use std::process::{Command, Output};

/// Plays this chapter with these arguments, without a terminal.
pub fn play(arguments: &[&str], last: Option<&Path>) -> Output {
    let mut chapter = Command::new(env!("CARGO_BIN_EXE_multiprocess-demo"));
    chapter.args(arguments).args(last).env("COLUMNS", "80");
    chapter.output().expect("the chapter's program")
}
