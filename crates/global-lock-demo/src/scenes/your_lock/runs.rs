//! Programs that add from many threads, and what they say they have lost.

use crate::host::{Host, Simulated};

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
