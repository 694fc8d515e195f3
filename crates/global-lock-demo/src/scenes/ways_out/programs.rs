//! Whole programs on one thread, under one strategy after the other.

use std::time::Duration;

use stage::Result;

use super::fastest::fastest;
use crate::host::Simulated;

/// A strategy, and how it did.
#[derive(Debug)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// How many times as long as under the first each of the programs took.
    pub ratios: [f64; 3],
}

/// The programs, and how many steps of each are enough to be timed. In private.py the objects are
/// made by one thread, and all work on them is done by another.
const WORK: [(&str, &str, u64); 3] =
    [("alone", "counts", 200_000), ("alone", "lists", 60_000), ("private", "1", 60_000)];

/// The first is entered twice: what differs between the two is chance.
const ENTRIES: [(Simulated, &str); 5] = [
    (Simulated::Unprotected, ""),
    (Simulated::Unprotected, ", again"),
    (Simulated::Interval, ""),
    (Simulated::FineGrained, ""),
    (Simulated::FreeThreaded, ""),
];

/// Runs the programs with one thread at work under each strategy, in so many rounds. What it takes
/// to start an interpreter and to end it does not count: that is timed, too, with a program that
/// has nothing to do.
///
/// # Errors
/// One line: what a program ended with before its time.
pub fn race(rounds: usize) -> Result<Vec<Row>> {
    let mut runs = Vec::new();
    for (strategy, _) in ENTRIES {
        for (program, first, steps) in WORK {
            runs.push((strategy, program, arguments!(first, steps)));
        }
        runs.push((strategy, "alone", arguments!("counts", 0)));
    }
    let times = fastest(rounds, &runs, |(strategy, program, arguments)| {
        strategy.run(program, arguments)?;
        Ok(())
    })?;
    let work = |times: &[Duration]| {
        [0, 1, 2].map(|work| times[work].saturating_sub(times[WORK.len()]).as_secs_f64().max(1e-9))
    };
    let took: Vec<_> = times.chunks(WORK.len() + 1).map(work).collect();
    let first = took[0];
    let row = |((strategy, again), took): (&(Simulated, &str), &[f64; 3])| Row {
        name: format!("{}{again}", strategy.name()),
        ratios: [0, 1, 2].map(|work| took[work] / first[work]),
    };
    Ok(ENTRIES.iter().zip(&took).map(row).collect())
}
