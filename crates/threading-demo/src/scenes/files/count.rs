//! The same files, counted by one approach after another.

use std::time::Duration;

use stage::{Contest, Result};
use workloads::files::{Listing, WordCounts};
use workloads::{Approach, Error, Sequential};

use crate::solve::approaches;

/// What an approach counted.
pub struct Count {
    pub approach: &'static str,
    /// The words, or why there are none.
    pub words: std::result::Result<WordCounts, Error>,
    /// How long it took, the median of the rounds.
    pub took: Duration,
    /// The processor time that it took, of all threads.
    pub cpu: Duration,
    /// How many times as fast as sequential.
    pub speed_up: f64,
}

/// From so many bytes on, one round is enough, and takes long enough.
const LARGE: u64 = 64 << 20;

/// Counts with every approach, sequential first. The first reading of each, which may have to
/// wait for the disk, isn't timed.
pub fn with_every_approach(listing: &Listing, quick: bool) -> Result<Vec<Count>> {
    let mut all: Vec<Box<dyn Approach>> = vec![Box::new(Sequential)];
    all.extend(approaches()?);
    let mut words: Vec<_> = all.iter().map(|_| Ok(WordCounts::default())).collect();
    let mut contest = Contest::new();
    for (approach, words) in all.iter().zip(&mut words) {
        // One that fails is shown as such, and ends nothing: there may be no thread for each file.
        contest.enter(approach.name(), move || {
            *words = approach.files(&listing.paths);
            Ok(())
        });
    }
    let rounds = if quick || listing.bytes > LARGE { 1 } else { 5 };
    let times = contest.run(rounds)?;
    let counts = all.iter().zip(words).zip(&times).map(|((approach, words), own)| Count {
        approach: approach.name(),
        words,
        took: own.median(),
        cpu: own.cpu(),
        speed_up: own.speed_up_over(&times[0]),
    });
    Ok(counts.collect())
}
