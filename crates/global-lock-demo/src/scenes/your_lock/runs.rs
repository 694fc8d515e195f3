//! Programs that add from many threads, and what they say they have lost.

use std::ffi::OsStr;

use stage::Stage;

use crate::host::{Host, Simulated};
use crate::python::Python;

/// Runs a program that prints `lost`, and so many numbers: those.
///
/// # Errors
/// One line: what it ended with before its time, or what it has printed instead.
pub fn lost<const WAYS: usize>(
    host: &Host,
    program: &str,
    arguments: &[String],
) -> Result<[u64; WAYS], String> {
    let printed = host.run(program, arguments)?;
    let numbers = |line: &str| {
        let words = line.strip_prefix("lost")?.split_whitespace();
        words.map(|word| word.parse().ok()).collect::<Option<Vec<u64>>>()?.try_into().ok()
    };
    printed.lines().find_map(numbers).ok_or_else(|| {
        format!("{} was to say what was lost, but printed {printed:?}", host.label())
    })
}

/// The simulated ones that lose nothing unless the program does.
pub const SOUND: [Simulated; 5] = [
    Simulated::Legacy,
    Simulated::Interval,
    Simulated::Fair,
    Simulated::FineGrained,
    Simulated::FreeThreaded,
];

/// Those that the reader names, or else the `python3` that there is, if there is one.
pub fn pythons(stage: &Stage<'_>) -> Vec<Host> {
    let named: Vec<_> = stage.options("python").filter_map(at).collect();
    let all = if named.is_empty() { Python::found().into_iter().collect() } else { named };
    all.into_iter().map(Host::Real).collect()
}

fn at(path: &OsStr) -> Option<Python> {
    Python::at(path).ok()
}
