//! What a child tells its parent: its figures, or why it has none, in a line of JSON.

use std::io::{self, Write};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};
use workloads::Error;

use super::{Child, Trouble};
use crate::interrupt::Interrupt;
use crate::{Result, Sample};

/// Has a child say its figures, in one line of JSON.
///
/// # Errors
/// What was wrong, or what it refused.
pub fn ask(
    command: &mut Command,
    deadline: Duration,
    interrupt: &Interrupt,
) -> Result<Sample, Trouble> {
    command.stderr(Stdio::piped());
    let mut child = Child::start(command, Some(deadline), interrupt)
        .map_err(|why| Trouble::Failed(why.to_string()))?;
    let line = child.line();
    // How it ended tells more than that it fell silent.
    child.end()?;
    let line = line.ok_or_else(|| Trouble::Failed("it said nothing".into()))?;
    heard(&serde_json::from_str(&line).unwrap_or_default())
}

/// What a child has said: its figures, or why it refuses.
///
/// # Errors
/// What it refused.
pub fn heard(told: &Value) -> Result<Sample, Trouble> {
    if let Some(why) = told["refused"].as_str() {
        return Err(Trouble::Refused(why.to_owned()));
    }
    let figures = told.as_object().into_iter().flatten();
    Ok(figures.filter_map(|(name, value)| Some((name.clone(), value.as_f64()?))).collect())
}

/// For a child, as the last thing it does: says its figures, why it refuses, or what was wrong.
#[must_use]
pub fn say(measured: Result<impl Serialize>) -> ExitCode {
    let told = match measured {
        Ok(measured) => json!(measured),
        Err(why) => match why.downcast_ref() {
            Some(Error::Refused(why)) => json!({ "refused": why }),
            _ => {
                eprintln!("{why}");
                return ExitCode::FAILURE;
            }
        },
    };
    match tell(&told) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Says one line.
///
/// # Errors
/// If nobody listens.
pub fn tell(line: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
