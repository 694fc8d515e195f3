//! The same pages, by more and more workers.

use std::time::{Duration, Instant};

use stage::{Bars, Result, Scene, Stage, Table, human};
use workloads::Service;
use workloads::orders::{THINK_MS, Totals};

use super::site::{Site, done, sales};
use crate::job::Entry;

/// Speed-up.
pub const SCENE: Scene = Scene {
    name: "speedup",
    title: "workers join",
    claim: "Whoever starts another worker need tell nobody: it asks the broker like the others. For jobs \
            that wait, twice the workers are nearly twice as fast, until the broker itself is what all \
            wait for.",
    play,
    try_this: "in crates/scale-out-demo/src/scenes/speedup.rs, add 16 and 32 to CREWS: the speed-up \
               stays behind more and more. At a file, one worker at a time may write.",
    read: "crates/scale-out-demo/src/crew.rs, hire, and crates/scale-out-demo/src/broker.rs, open",
};

const CREWS: [usize; 4] = [1, 2, 4, 8];

/// What one crew did.
struct Run {
    workers: usize,
    took: Duration,
    at_once: u64,
}

fn play(stage: &mut Stage<'_>) -> Result {
    let (pages, rounds) = (stage.pick(24, 16), stage.pick(3, 1));
    let service = Service::start()?;
    let mut site = Site::of(stage)?;
    let mut crew = site.crew(0)?;
    let mut runs = Vec::new();
    let (mut next, mut known, mut right) = (0, Totals::default(), true);
    for workers in CREWS {
        crew.hire(workers - crew.numbers().len())?;
        service.clear()?;
        let mut took = Duration::MAX;
        for _ in 0..rounds {
            let pages = next..next + pages;
            next = pages.end;
            known.merge(Totals::known(pages.clone()));
            let start = Instant::now();
            let ids = site.queue.push(sales(&service, pages, Entry::Keyed))?;
            let ends = site.queue.wait(&ids)?;
            took = took.min(start.elapsed());
            right &= done(&ends) == ids.len();
        }
        runs.push(Run { workers, took, at_once: service.log()?.most_at_once });
    }
    right &= site.queue.balance()?.keyed == known;

    let mut bars = Bars::new(
        format!("{pages} pages that take {THINK_MS} ms each, the fastest of {rounds}:"),
        "ms",
    );
    let mut table = Table::new(["workers", "time", "speed-up", "at the service at once"]);
    for run in &runs {
        let name = if run.workers == 1 { "1 worker" } else { &format!("{} workers", run.workers) };
        bars.bar(name, run.took.as_secs_f64() * 1e3);
        let speed_up = format!("{:.2}", speed_up(&runs[0], run));
        table.row([
            &run.workers.to_string(),
            &human(run.took),
            &speed_up,
            &run.at_once.to_string(),
        ]);
    }
    stage.bars(&bars);
    stage.table(&table);
    let at_once: Vec<_> = runs.iter().map(|run| run.at_once.to_string()).collect();
    stage.check(
        "the more workers, the more pages are under way at once; and the totals are right",
        format!("{} at once", at_once.join(", ")),
        right
            && runs.is_sorted_by(|fewer, more| fewer.at_once < more.at_once)
            && runs.iter().all(|run| run.at_once <= run.workers as u64),
        "most of the workers got no core before the others had done it all",
    );
    let four = speed_up(&runs[0], &runs[2]);
    stage.check(
        "four workers are at least twice as fast as one",
        format!("{four:.2} times"),
        four >= 2.0,
        "another program has this machine's cores: a trip through the queue computes a little",
    );
    drop(crew);
    Ok(())
}

fn speed_up(one: &Run, many: &Run) -> f64 {
    one.took.as_secs_f64() / many.took.as_secs_f64().max(1e-9)
}
