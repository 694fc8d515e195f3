//! A process of its own: this program, started again. So what it holds is its own: no memory that an
//! earlier scene gave back is used again unseen, and its file descriptors are on another account.

use std::env;
use std::process::{Command, ExitCode, Stdio};

use crate::{Held, Result};

/// To be called first in `main`: if this process was started by [`hold`] with this word, it does
/// what it was started for, says what it held, and then ends.
#[must_use]
pub fn enter(word: &str, be: impl FnOnce(&[String]) -> Result<Held>) -> Option<ExitCode> {
    // The reader's own arguments need not be text.
    let mut arguments = env::args_os().skip(1);
    if arguments.next()? != *word {
        return None;
    }
    let arguments: Vec<_> = arguments.map(|it| it.to_string_lossy().into_owned()).collect();
    Some(match be(&arguments) {
        Ok(held) => {
            println!("{}", held.line());
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    })
}

/// Starts such a process, waits for its end, and tells what it held.
///
/// # Errors
/// If it can't be started; and with what it said, if it did not do what it was started for.
pub fn hold(word: &str, arguments: &[String]) -> Result<Held> {
    let mut child = Command::new(env::current_exe()?);
    let ended = child.arg(word).args(arguments).stdin(Stdio::null()).output()?;
    Held::read(&String::from_utf8_lossy(&ended.stdout)).ok_or_else(|| {
        let why = String::from_utf8_lossy(&ended.stderr);
        format!("the process of its own ended with {}: {}", ended.status, why.trim()).into()
    })
}
