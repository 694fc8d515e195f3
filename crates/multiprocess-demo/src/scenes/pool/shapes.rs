//! Long uneven tasks in chunks: a picture of the chunk that is too large.

use std::time::Duration;

use stage::{Result, Stage, Timeline, human};
use workloads::primes;

use crate::jobs::{REPERTOIRE, timed};
use crate::pool::{Options, Pool, Terms};
use crate::scenes::lanes::{idle_at_the_end, lanes};

/// Into how many ranges the numbers are split; high numbers cost more than low ones.
pub const RANGES: usize = 16;

/// How many primes there are below, and who counted which range when, in chunks of so many.
///
/// # Errors
/// If there is no pool to be had, or a task fails.
pub fn run(options: &Options, below: u64, chunk: usize) -> Result<(u64, Timeline)> {
    let ranges = primes::split(below, RANGES as u64)?;
    let mut pool = Pool::new(REPERTOIRE, options.clone())?;
    // So that the workers are there.
    pool.map(Terms::default(), &timed::COUNT, vec![0..1_000; 2 * options.workers])?;
    let (start, mut count, mut ran) = (timed::now(), 0, Vec::new());
    let terms = Terms { chunk, ..Terms::default() };
    for (range, result) in pool.imap_unordered(terms, &timed::COUNT, ranges) {
        let (primes, who) = result?;
        count += primes;
        ran.push((range + 1, who));
    }
    Ok((count, lanes(start, &ran)))
}

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let below = stage.pick(1_500_000, 500_000);
    let options = Options::workers(2);
    // Several runs of each, in turns; the middle one by what is compared.
    let mut runs = [Vec::new(), Vec::new()];
    for _ in 0..stage.pick(5, 3) {
        for (chunk, runs) in [RANGES / 2, 1].into_iter().zip(&mut runs) {
            let (_, timeline) = run(&options, below, chunk)?;
            runs.push((timeline.end(), idle_at_the_end(&timeline), timeline));
        }
    }
    let [large, small] = runs.map(|mut runs| {
        runs.sort_by_key(|(end, ..)| *end);
        runs.swap_remove(runs.len() / 2)
    });
    let share = |(end, idle, _): &(Duration, Duration, Timeline)| {
        format!("{} of {}", human(*idle), human(*end))
    };
    let shares = [&large, &small].map(share);
    let held = large.0 > small.0 && large.1 > 2 * small.1;
    stage.timeline(
        format!("{RANGES} ranges on two workers, in chunks of {}, so one for each:", RANGES / 2),
        large.2,
    );
    stage.timeline("The same ranges one by one, to whoever is free:", small.2);
    stage.check(
        "in chunks that are too large, one worker has nothing to do at the end",
        format!("idle for {}; one by one, for {}", shares[0], shares[1]),
        held,
        "another program has one of the two cores, and so decides who is done first",
    );
    Ok(())
}
