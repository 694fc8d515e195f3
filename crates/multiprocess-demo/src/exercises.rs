//! What the reader foresees: `cargo run -p multiprocess-demo -- check`.

use std::time::Instant;

use stage::{Exercise, Result};
use workloads::{Approach, Service, fetch};

use crate::jobs::faults::END;
use crate::pool::{Options, Terms};
use crate::scenes::copies::counter;
use crate::scenes::killed::trouble;
use crate::solve::Processes;

/// One of memory, one of deaths, one of waiting.
pub const EXERCISES: [Exercise; 3] = [
    Exercise {
        task: "Change nothing, and foresee: a counter stands at 0. The program forks, the child \
               adds 1 to the counter 1,000 times and ends, and then the parent looks. What does \
               the parent's counter say?",
        what: "the parent's counter",
        unit: "",
        measure: |_| Ok(counter::count(1_000)?.parent as f64),
        within: 1.0,
        why: "a child has a copy of the memory, made page by page where one of the two writes. What \
              the child wants to tell the parent must be sent.",
    },
    Exercise {
        task: "21 tasks are given to two workers, and one of the tasks kills whoever takes it on. \
               The pool gives a task up after TRIES tries, 3 in src/exercises.rs: make it 5. How \
               many workers die, until all other tasks are answered?",
        what: "workers that died",
        unit: "workers",
        measure: |_| deaths(),
        within: 1.0,
        why: "each try costs one worker, and each is replaced, so that there are always two. The \
              task is then given up and named, and the other 20 are answered once each: whoever \
              tries for ever has no workers left, and whoever doesn't try twice loses tasks.",
    },
    Exercise {
        task: "Change nothing, and foresee: 20 requests to a service that thinks 25 ms about each \
               are made by 4 processes, which each wait for one reply at a time. How many ms does \
               that take?",
        what: "20 requests by 4 processes",
        unit: "ms",
        measure: |_| four_at_a_time(),
        within: 1.3,
        why: "4 are under way at any time: five rounds of 25 ms. It is the arithmetic of threads; \
              what differs is that a process that waits has a whole program's memory about it.",
    },
];

/// How often a task is tried before it is given up.
const TRIES: u32 = 3;

fn deaths() -> Result<f64> {
    let terms = Terms { tries: TRIES, ..Terms::default() };
    let outcome = trouble::run(&Options::workers(2), terms, &END)?;
    match outcome.answered.len() as u64 == trouble::TASKS - 1 {
        true => Ok(outcome.workers_lost as f64),
        false => Err("other tasks failed too".into()),
    }
}

fn four_at_a_time() -> Result<f64> {
    let service = Service::start()?;
    let processes = Processes::with(Options::workers(1), 4)?;
    let requests = fetch::requests(20, 25)?;
    // The workers are started when they are needed first.
    processes.fetch(&service, &fetch::requests(4, 1)?)?;
    let start = Instant::now();
    let replies = processes.fetch(&service, &requests)?;
    let took = start.elapsed();
    fetch::check(&requests, &replies)?;
    Ok(took.as_secs_f64() * 1e3)
}
