//! What the reader foresees: `cargo run -p green-threads-demo -- check`.

use std::time::{Duration, Instant};

use stage::{Exercise, Result, least_of_three};

use crate::green;
use crate::scenes::races;

/// One that computes, one that waits where it can't be seen, one deadlock.
pub const EXERCISES: [Exercise; 3] = [
    Exercise {
        task: "Change nothing, and foresee: one green thread wants to sleep for 80 ms. Another \
               one, which was spawned before it, computes for 120 ms and never gives way. How many \
               ms after both were spawned does the sleeper go on?",
        what: "a sleep of 80 ms beside one that computes",
        unit: "ms",
        measure: |_| least_of_three(beside_a_hog),
        before: None,
        // 200 is right, and 120, both at once, is not.
        within: 1.35,
        why: "nobody interrupts a green thread. The one that computes comes first and keeps the \
              thread of the operating system for 120 ms; only then does the other one begin, and it \
              sleeps for 80 ms from there. Had it begun first, it would have slept beside the other one.",
    },
    Exercise {
        task: "In crates/green-threads-demo/src/scenes/races/accounts.rs, put green::yield_now(); between the reading and \
               the writing in plain(). Then 100 green threads deposit 1 each. What is the \
               balance?",
        what: "the balance",
        unit: "",
        measure: |_| Ok(races::balance(100)? as f64),
        before: Some(100.0),
        within: 1.0,
        why: "all of them read before the first one writes, because each goes to the end of the \
              queue when it gives way. So all read the same balance, and each writes that and one \
              more. Before the reading, or behind the writing, the line does no harm.",
    },
    Exercise {
        task: "In crates/green-threads-demo/src/scenes/races/deadlock.rs, in embrace(), \
               before let both, spawn one more green thread that has nothing to do with the locks: \
               drop(green::spawn(|| green::sleep(std::time::Duration::from_secs(2)))); After how \
               many seconds is the deadlock of the other two found?",
        what: "until the deadlock is found",
        unit: "s",
        measure: |_| {
            let start = Instant::now();
            races::deadlock();
            // To a tenth.
            Ok((start.elapsed().as_secs_f64() * 10.0).round() / 10.0)
        },
        before: Some(0.0),
        within: 1.15,
        why: "a deadlock is found when nobody may run and nobody can be woken. While one sleeps, \
              somebody can: it might be the one who lets the others go. So a heartbeat somewhere in \
              a program hides every deadlock in it.",
    },
];

fn beside_a_hog() -> Result<f64> {
    let took = green::run(|| {
        let start = Instant::now();
        let hog = green::spawn(move || while start.elapsed() < Duration::from_millis(120) {});
        let sleeper = green::spawn(move || {
            green::sleep(Duration::from_millis(80));
            start.elapsed()
        });
        hog.join().and_then(|()| sleeper.join())
    })?;
    let took = took.map_err(|_| "a green thread panicked")?;
    Ok(took.as_secs_f64() * 1e3)
}
