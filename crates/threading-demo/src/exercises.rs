//! What the reader foresees: `cargo run -p threading-demo -- check`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use stage::{Exercise, Result, Stage, cpu_time, human, least_of_three};
use workloads::{Approach, Service, fetch, primes};

use crate::scenes::{lost_update, spawn};
use crate::solve::Pooled;

/// A write that comes late, halves that are not equal, ten who wait.
pub const EXERCISES: [Exercise; 3] = [
    Exercise {
        task: "In crates/threading-demo/src/exercises.rs, ORDER says which of two threads takes \
               each step of adding 1: it reads the counter, and at its next step it writes one \
               more than it has read. The order is gone through 50 times, and half of the 100 \
               additions are lost. Make ORDER &[1, 2, 2, 2, 2, 1]: while thread 1 keeps what it \
               has read, thread 2 adds 1, and adds 1 again. How many of the 150 additions are lost?",
        what: "lost additions",
        unit: "additions",
        measure: |_| Ok(lost_update::cued(ORDER, 50).lost() as f64),
        before: Some(50.0),
        within: 1.0,
        why: "what thread 1 writes is one more than it has read, whatever has happened since. Each time \
              that undoes both additions of thread 2, and would undo a thousand: how much a race loses \
              is how long somebody kept what it had read, not how many threads there are.",
    },
    Exercise {
        task: "In crates/threading-demo/src/scenes/spawn.rs let the middle in halves() be \
               below / 2: each of the two threads gets half of the numbers, to find the primes \
               among them. To test n takes up to √n divisions. How many times as fast as one \
               thread can the two be now, on two free cores?",
        what: "two threads beside one, at best",
        unit: "times",
        measure: two_beside_one,
        before: Some(1.95),
        within: 1.1,
        why: "the two are done when the slower one is. Up to n there are about n^1.5 divisions, so the \
              lower half of the numbers has 0.5^1.5 = 0.35 of them, and a little more, as primes \
              become rarer. The upper half keeps its thread busy for nearly 0.65 of the work, so on \
              free cores two threads are 1 / 0.65, a little over 1.5 times, as fast as one, and \
              twice only where both have the same to do.",
    },
    Exercise {
        task: "Change nothing, and foresee: 60 requests to a service that thinks 50 ms about \
               each are made by a pool of 10 threads. How many ms does that take?",
        what: "60 requests by 10 threads",
        unit: "ms",
        measure: |_| least_of_three(ten_at_a_time),
        before: None,
        within: 1.3,
        why: "ten are under way at any time, so there are six rounds of 50 ms. The cores have no \
              part in it. (Little's law: what is under way = how much comes per second × how \
              long each takes.)",
    },
];

/// Who takes each step.
const ORDER: &[u8] = &[1, 2, 1, 2];

/// All the work, beside the larger half of it: in processor time, which is the same on a machine
/// that is busy, where two threads are not as fast as they can be.
fn two_beside_one(stage: &mut Stage<'_>) -> Result<f64> {
    let halves = spawn::halves(stage.pick(4_000_000, 1_000_000));
    let mut least = [Duration::MAX; 2];
    for _ in 0..3 {
        for (least, half) in least.iter_mut().zip(&halves) {
            let before = cpu_time();
            black_box(primes::count(black_box(half.clone())));
            *least = cpu_time().saturating_sub(before).min(*least);
        }
    }
    let [lower, upper] = least;
    stage.say(format!(
        "Processor time: {} for the lower part of the numbers, and {} for the upper one.",
        human(lower),
        human(upper)
    ));
    Ok((lower + upper).as_secs_f64() / lower.max(upper).as_secs_f64())
}

fn ten_at_a_time() -> Result<f64> {
    let service = Service::start()?;
    let pool = Pooled::with(1, 10)?;
    let requests = fetch::requests(60, 50)?;
    let start = Instant::now();
    let replies = pool.fetch(&service, &requests)?;
    let took = start.elapsed();
    fetch::check(&requests, &replies)?;
    Ok(took.as_secs_f64() * 1e3)
}
