//! What the reader foresees: `cargo run -p why-demo -- check`.

use std::time::Duration;

use stage::{Exercise, least_of_three};

use crate::scenes::{four, laws, little};

/// One of structure, one of Amdahl's law, one of Little's.
pub const EXERCISES: [Exercise; 3] = [
    Exercise {
        task: "The last of the COMBINATIONS in crates/why-demo/src/scenes/four.rs is a thread for \
               task A and a thread for task B, on 2 cores: two tasks are in progress at the same \
               instant. Let its program be Program::EachSplit: two threads do A, a half each, and \
               when it is done, two do B. Both cores are at work, as before. How many tasks are \
               now in progress, begun and not ended, at the same instant, at most?",
        what: "tasks in progress at once",
        unit: "",
        measure: |_| Ok(four::seen_of_the_last()?.tasks_in_progress() as f64),
        before: Some(2.0),
        within: 1.0,
        why: "B begins when A has ended, so the program is no longer concurrent. It is as parallel as it \
              was: two threads, and both cores. What is concurrent are not threads or cores but \
              things to do, and how many of them a program has begun is how it is made.",
    },
    Exercise {
        task: "In crates/why-demo/src/scenes/laws/fixed.rs let ALONE be 2: of 20 pieces, 2 are done one after \
               another now, and 18 are shared out. A piece only waits. How many times as fast as \
               one thread are 18 threads?",
        what: "18 threads beside one",
        unit: "times",
        measure: |stage| laws::fixed::eighteen_beside_one(stage.pick(20_000, 10_000)),
        before: Some(3.43),
        within: 1.3,
        why: "the 2 pieces take as long as ever, and the 18 as long as one: 20 / (2 + 1) = 6.7. With \
              no number of threads would it be 10 times as fast, since 2 of the 20 remain.",
    },
    Exercise {
        task: "Change nothing, and foresee: 20 clients ask a service that thinks 50 ms about each \
               request, and ask again as soon as they have their answer. How many answers a second \
               do they get together?",
        what: "20 clients",
        unit: "answers a second",
        measure: |stage| {
            let asked = Duration::from_millis(stage.pick(500, 300));
            // The most of three: other programs only take of it.
            least_of_three(|| Ok(1.0 / little::per_second(20, 50, asked)?)).map(f64::recip)
        },
        before: None,
        within: 1.2,
        why: "20 are under way at any time, and each takes 0.05 s: L = λW, so λ = 20 / 0.05 = 400. \
              Whoever wants more has to have more under way, or to wait less.",
    },
];
