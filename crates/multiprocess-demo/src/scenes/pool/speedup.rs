//! The same ranges of numbers, sequentially and by one, two and four workers.

use std::hint::black_box;
use std::ops::Range;

use stage::{Contest, Result, Stage, Table, human};
use workloads::primes;

use crate::jobs::REPERTOIRE;
use crate::jobs::problems::PRIMES;
use crate::pool::{Options, Pool, Terms};

/// Into how many ranges the numbers are split.
const RANGES: u64 = 64;

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let below = stage.pick(1_000_000, 300_000);
    let ranges = primes::split(below, RANGES)?;
    let known = sequential(&ranges);
    let mut contest = Contest::new();
    for name in ["sequential", "the same again"] {
        contest.enter(name, || right(sequential(black_box(&ranges)), known));
    }
    for workers in [1, 2, 4] {
        let mut pool = Pool::new(REPERTOIRE, Options::workers(workers))?;
        let name = if workers == 1 { "1 worker" } else { &format!("{workers} workers") };
        let ranges = &ranges;
        contest.enter(name, move || {
            let counts = pool.map(Terms::default(), &PRIMES, ranges.iter().cloned())?;
            right(counts.into_iter().sum(), known)
        });
    }
    let times = contest.run(stage.pick(7, 3))?;

    stage.say(format!("The primes below {below} in {RANGES} ranges, the workers started before:"));
    let mut table = Table::new(["", "time", "speed-up", "fastest to slowest"]);
    for way in &times {
        let speed_up = format!("{:.2}", way.speed_up_over(&times[0]));
        table.row([&way.name, &human(way.median()), &speed_up, &way.spread()]);
    }
    stage.table(&table);
    let [sequential, _, one, two, _] = &times[..] else { return Ok(()) };
    stage.check(
        "two workers take at most 0.65 of the sequential time",
        format!("{:.2} of it", two.median().as_secs_f64() / sequential.median().as_secs_f64()),
        two.speed_up_over(sequential) >= 1.0 / 0.65,
        "this needs two free cores: look for another program that computes",
    );
    stage.check(
        "one worker takes hardly longer than no pool: such ranges are worth the trip",
        format!("{:.2} of it", one.median().as_secs_f64() / sequential.median().as_secs_f64()),
        one.speed_up_over(sequential) >= 0.8,
        "sequential twice says how far these times can be told apart now",
    );
    Ok(())
}

fn sequential(ranges: &[Range<u64>]) -> u64 {
    ranges.iter().cloned().map(primes::count).sum()
}

fn right(count: u64, known: u64) -> Result {
    if count == known { Ok(()) } else { Err(format!("{count} primes instead of {known}").into()) }
}
