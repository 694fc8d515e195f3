//! What the reader foresees: `cargo run -p threading-demo -- check`.

use std::time::Instant;

use stage::{Exercise, Result, Stage};
use workloads::{Approach, Service, fetch};

use crate::scenes::{lost_update, spawn};
use crate::solve::Pooled;

/// One order, one division of work, one queue for ten.
pub const EXERCISES: [Exercise; 3] = [
    Exercise {
        task: "In src/scenes/lost_update.rs make BOTH_READ_FIRST [1, 2, 2, 1]: thread 1 reads, \
               thread 2 reads and writes, thread 1 writes. The two add 1 each, 50 times in this \
               order. How many of the 100 additions are lost?",
        what: "lost additions",
        unit: "additions",
        measure: |_| Ok(lost_update::cued(lost_update::BOTH_READ_FIRST, 50).lost() as f64),
        within: 1.0,
        why: "whoever has read may only be late, never early: what thread 1 writes is what it made \
              of its own reading, and it covers what thread 2 wrote meanwhile. Only [1, 1, 2, 2] \
              and [2, 2, 1, 1] lose nothing.",
    },
    Exercise {
        task: "In src/scenes/spawn.rs let the middle in halves() be below / 2: each of the two \
               threads gets half of the numbers. To test n takes up to √n divisions. How many \
               times as fast as one thread are the two now, on two free cores?",
        what: "two threads beside one",
        unit: "times",
        measure: two_beside_one,
        within: 1.15,
        why: "the two are done when the slower one is. The upper half of the numbers is 1 - \
              0.5^1.5 = 0.65 of the divisions, so two threads are 1 / 0.65 = 1.55 times as fast as \
              one, and 2 times only where both have the same to do.",
    },
    Exercise {
        task: "Change nothing, and foresee: 100 requests to a service that thinks 20 ms about \
               each are made by a pool of 10 threads. How many ms does that take?",
        what: "100 requests by 10 threads",
        unit: "ms",
        measure: ten_at_a_time,
        within: 1.3,
        why: "ten are under way at any time, so there are ten rounds of 20 ms. The cores have no \
              part in it. (Little's law: what is under way = how much comes per second × how \
              long each takes.)",
    },
];

/// Of several rounds in turns, the fastest of each.
fn two_beside_one(stage: &mut Stage<'_>) -> Result<f64> {
    let below = stage.pick(4_000_000, 1_000_000);
    let mut fastest = [f64::INFINITY; 2];
    for _ in 0..5 {
        for (fastest, run) in fastest.iter_mut().zip([spawn::one, spawn::two]) {
            let start = Instant::now();
            run(below);
            *fastest = fastest.min(start.elapsed().as_secs_f64());
        }
    }
    Ok(fastest[0] / fastest[1])
}

fn ten_at_a_time(_: &mut Stage<'_>) -> Result<f64> {
    let service = Service::start()?;
    let pool = Pooled::with(1, 10)?;
    let requests = fetch::requests(100, 20)?;
    let start = Instant::now();
    let replies = pool.fetch(&service, &requests)?;
    let took = start.elapsed();
    fetch::check(&requests, &replies)?;
    Ok(took.as_secs_f64() * 1e3)
}
