//! What the reader foresees: `cargo run -p multiprocess-demo -- check`.

use stage::{Exercise, Result};

use crate::jobs::faults::END;
use crate::pool::{Options, Terms};
use crate::scenes::copies::{counter, cow};
use crate::scenes::killed::trouble;

/// One of memory that is two, one of deaths, one of what a fork copies.
pub const EXERCISES: [Exercise; 3] = [
    Exercise {
        task: "Change nothing, and foresee: a counter stands at 0. The program forks, the child \
               adds 1 to the counter 1,000 times and ends, and then the parent looks. What does \
               the parent's counter say?",
        what: "the parent's counter",
        unit: "",
        measure: |_| Ok(counter::count(1_000)?.parent as f64),
        before: None,
        within: 1.0,
        why: "a child has a copy of the memory, made page by page where one of the two writes. What \
              the child wants to tell the parent must be sent.",
    },
    Exercise {
        task: "21 tasks are given to two workers, and one of the tasks kills whoever takes it on. \
               It gets 3 tries, so three workers die, and the other 20 tasks are answered. In \
               crates/multiprocess-demo/src/exercises.rs make CHUNK 7: seven tasks travel \
               together now. Of a worker that dies the pool sees that it died, and which chunk it \
               was at. How many workers die now, if still no other task may fail?",
        what: "workers that died",
        unit: "workers",
        measure: |_| deaths(),
        before: Some(3.0),
        within: 1.0,
        why: "the first death says that one of seven is to blame, and not which. So the pool takes the \
              chunk apart, and each of the seven goes on alone, with 3 tries of its own: 1 + 3. A chunk \
              makes the trips cheaper, and those in it pay for one another.",
    },
    Exercise {
        task: "A parent has written to 64 MiB of memory, and forks. The child writes a byte at \
               every 64 KiB of it, 1,024 bytes in all, and has 4 MiB of its own for that, if a page is \
               4 KiB here. In crates/multiprocess-demo/src/exercises.rs make APART 2 * 1024: a byte at \
               every 2 KiB, 32 times as many. How many MiB has the child of its own now?",
        what: "the child's own memory",
        unit: "MiB",
        measure: |_| Ok(cow::copied(APART)?),
        before: Some(4.0),
        within: 1.1,
        why: "what is copied is a page, at the first byte that is written to it: 1,024 pages, and then \
              all that there are, with two or more writes each, of which only the first costs a copy. \
              More than it shared no child can copy.",
    },
];

/// How many tasks travel together.
const CHUNK: usize = 1;

/// From one byte that the child writes to the next.
const APART: usize = 64 * 1024;

fn deaths() -> Result<f64> {
    let terms = Terms { chunk: CHUNK, tries: 3, ..Terms::default() };
    let outcome = trouble::run(&Options::workers(2), terms, &END)?;
    match outcome.answered.len() as u64 == trouble::TASKS - 1 {
        true => Ok(outcome.workers_lost as f64),
        false => Err("other tasks failed too".into()),
    }
}
