//! The same ranges again, without the recording of lanes: how long each way takes.

use std::hint::black_box;

use stage::{Contest, Result, Stage, Table, human};
use workloads::{Approach, Sequential, primes};

use super::shapes::{BELOW, KNOWN, RANGES};
use super::ways;
use crate::solve::{Pooled, Rayon, Threads, cores};

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let ranges = &primes::split(BELOW, RANGES)?;
    let pool = Pooled::with(cores(), 1)?;
    let approaches: [(&str, &dyn Approach); 5] = [
        ("sequential", &Sequential),
        ("the same again", &Sequential),
        ("a thread each", &Threads),
        ("our pool", &pool),
        ("rayon", &Rayon),
    ];
    let mut contest = Contest::new();
    for (name, approach) in approaches {
        contest.enter(name, || right(approach.primes(black_box(ranges))?));
    }
    contest.enter("dealt out", || right(ways::dealt(black_box(ranges), cores()).0));
    let times = contest.run(stage.pick(9, 5))?;

    stage.say("The same without recording; sequential twice, to show what differences mean:");
    let mut table = Table::new(["", "time", "speed-up", "CPU time", "fastest to slowest"]);
    for way in &times {
        let speed_up = format!("{:.2}", way.speed_up_over(&times[0]));
        let [time, cpu] = [way.median(), way.cpu()].map(human);
        table.row([&way.name, &time, &speed_up, &cpu, &way.spread()]);
    }
    stage.table(&table);
    let [_, _, _, pool, rayon, dealt] = &times[..] else { return Ok(()) };
    stage.check(
        "the pool takes at most 0.65 of the sequential time",
        format!("{:.2} of it", 1.0 / pool.speed_up_over(&times[0])),
        pool.speed_up_over(&times[0]) >= 1.0 / 0.65,
        "This needs two free cores: look for another program that computes.",
    );
    stage.check(
        "claiming beats dealing out, and our pool is within a third of rayon",
        format!(
            "dealt out {:.2}, rayon {:.2} of our pool's time",
            pool.speed_up_over(dealt),
            pool.speed_up_over(rayon)
        ),
        pool.speed_up_over(dealt) > 1.0 && pool.speed_up_over(rayon) >= 0.75,
        "The spread says how far these times can be told apart on this machine now.",
    );
    Ok(())
}

fn right(count: u64) -> Result {
    if count == KNOWN { Ok(()) } else { Err(format!("{count} primes instead of {KNOWN}").into()) }
}
