//! What the reader foresees: `cargo run -p why-demo -- check`.

use std::time::Duration;

use stage::Exercise;

use crate::scenes::{four, laws, little};

/// One of structure, one of Amdahl's law, one of Little's.
pub const EXERCISES: [Exercise; 3] = [
    Exercise {
        task: "In src/scenes/four.rs let the last of the COMBINATIONS have 1 core: two threads, \
               one for task A and one for task B, as before. How many cores are then at work at \
               the same instant, at most?",
        what: "cores at once",
        unit: "",
        measure: |_| Ok(four::cores_at_once_of_the_last()? as f64),
        within: 1.0,
        why: "concurrent is how the program is made, and that has not changed: both tasks are in \
              progress at once. Parallel is what the machine does, and it has one core for them now.",
    },
    Exercise {
        task: "In src/scenes/laws/fixed.rs let ALONE be 2: of 20 pieces, 2 are done one after \
               another now, and 18 are shared out. A piece only waits. How many times as fast as \
               one thread are 18 threads?",
        what: "18 threads beside one",
        unit: "times",
        measure: |stage| laws::fixed::eighteen_beside_one(stage.pick(10_000, 4_000)),
        within: 1.2,
        why: "the 2 pieces take as long as ever, and the 18 as long as one: 20 / (2 + 1) = 6.7. With \
              no number of threads would it be 10 times as fast, since 2 of the 20 remain.",
    },
    Exercise {
        task: "Change nothing, and foresee: 8 clients ask a service that thinks 20 ms about each \
               request, and ask again as soon as they have their answer. How many answers a second \
               do they get together?",
        what: "answers a second",
        unit: "a second",
        measure: |stage| {
            let asked = Duration::from_millis(stage.pick(1_000, 400));
            little::per_second(8, 20, asked)
        },
        within: 1.2,
        why: "8 are under way at any time, and each takes 0.02 s: L = λW, so λ = 8 / 0.02 = 400. \
              Whoever wants more has to have more under way, or to wait less.",
    },
];
