//! What the reader foresees: `cargo run -p scale-out-demo -- check`.

use std::time::Instant;

use stage::{Exercise, Result, Stage};
use workloads::Service;
use workloads::orders::Totals;

use crate::job::{Entry, Job};
use crate::scenes::site::{Site, all_done, sales};

/// One of tries, one of doing things twice, one of waiting.
pub const EXERCISES: [Exercise; 3] = [
    Exercise {
        task: "A job fails each time that it is done. In src/crew.rs TRIES is 3: make it 5. How \
               many times is the job tried before it is put aside?",
        what: "tries of a job that always fails",
        unit: "",
        measure: tries,
        within: 1.0,
        why: "a bound is all that keeps a poison job from going round for ever, and all that it costs. \
              It lies among the dead letters then, with the reason, until somebody looks.",
    },
    Exercise {
        task: "A producer doesn't know whether its push went through, and pushes the same 8 pages \
               of orders once more. Each page is written under its own number. In \
               src/exercises.rs, in pushed_twice(), have them added to a sum: let entry = \
               Entry::Added; How many times what was really sold does the ledger show then?",
        what: "sold by the ledger, beside what was sold",
        unit: "times",
        measure: pushed_twice,
        within: 1.0,
        why: "what may come twice has to be harmless twice. Written under a key, the second time \
              changes nothing. Added, it counts again, and no queue can know that it was the same.",
    },
    Exercise {
        task: "Change nothing, and foresee: 12 jobs that each wait for 60 ms are pushed, and \
               three workers take them one by one. After how many ms are they all done?",
        what: "12 jobs by 3 workers",
        unit: "ms",
        measure: by_three,
        within: 1.35,
        why: "four rounds of 60 ms; and on top the price of the trip, which the scene price measures, and \
              which jobs of this length hardly notice.",
    },
];

fn tries(stage: &mut Stage<'_>) -> Result<f64> {
    let mut site = Site::of(stage)?;
    let _crew = site.crew(1)?;
    let ids = site.queue.push([Job::Poison])?;
    site.queue.wait(&ids)?;
    let dead = site.queue.dead()?;
    let letter = dead.first().ok_or("it was not put aside")?;
    Ok(letter.tries as f64)
}

fn pushed_twice(stage: &mut Stage<'_>) -> Result<f64> {
    let service = Service::start()?;
    let mut site = Site::of(stage)?;
    let _crew = site.crew(2)?;
    let entry = Entry::Keyed;
    for _ in 0..2 {
        let ids = site.queue.push(sales(&service, 0..8, entry))?;
        all_done(&site.queue.wait(&ids)?)?;
    }
    let balance = site.queue.balance()?;
    let booked = match entry {
        Entry::Keyed => balance.keyed,
        Entry::Added => balance.added,
    };
    let pieces = |totals: &Totals| totals.products.values().map(|(pieces, _)| pieces).sum::<u64>();
    Ok(pieces(&booked) as f64 / pieces(&Totals::known(0..8)) as f64)
}

fn by_three(stage: &mut Stage<'_>) -> Result<f64> {
    let mut site = Site::of(stage)?;
    let _crew = site.crew(3)?;
    // What is done for the first time, such as opening the file, doesn't count.
    let ids = site.queue.push((0..3).map(|_| Job::Wait(20_000)))?;
    all_done(&site.queue.wait(&ids)?)?;
    let start = Instant::now();
    let ids = site.queue.push((0..12).map(|_| Job::Wait(60_000)))?;
    all_done(&site.queue.wait(&ids)?)?;
    Ok(start.elapsed().as_secs_f64() * 1e3)
}
