//! What the reader foresees: `cargo run -p global-lock-demo -- check`.

use stage::{Exercise, Result, Stage};

use crate::distribution::Distribution;
use crate::host::{Simulated, field};

/// Computing, the switch interval, and an update in two steps.
pub const EXERCISES: [Exercise; 3] = [
    Exercise {
        task: "Change nothing, and foresee: two threads of one interpreter count down, each from \
               half of the number. The lock is that of CPython 3.2 and later. How many times as \
               fast are they as one thread that counts down from all of it?",
        what: "two threads beside one",
        unit: "times",
        measure: two_beside_one,
        within: 1.2,
        why: "one of them runs at a time, and the other waits for the lock. The second core has \
              nothing to do, and the changes of holder are too few to cost much.",
    },
    Exercise {
        task: "A thread sleeps 1 ms, again and again, beside one that computes and never waits. \
               SWITCH in src/exercises.rs, the switch interval, is 0.005 s, as in CPython: make \
               it 0.020. By how many ms is the median of its sleeps then longer than 1 ms?",
        what: "the delay",
        unit: "ms",
        measure: delay,
        within: 1.25,
        why: "who wakes up finds the lock taken, waits for a whole interval, and only then asks for \
              it. The holder gives it up at the next place where it looks. So the delay is the \
              interval, however short the work is that the sleeper wants to do.",
    },
    Exercise {
        task: "Change nothing, and foresee: two threads do x += 1, 20,000 times each, in an \
               interpreter with the lock of CPython 3.2 and later. The lock is dropped between \
               two instructions. How many updates are lost?",
        what: "updates lost",
        unit: "updates",
        measure: lost,
        within: 1.0,
        why: "x += 1 is three instructions, and a switch between them would lose an update. But \
              this interpreter looks whether somebody wants the lock only when it jumps backwards \
              or begins a function, and there is no such place inside x += 1. With x = x + f() there is. \
              That is luck of the implementation, and no promise of the language.",
    },
];

/// The switch interval, in seconds.
const SWITCH: f64 = 0.005;

/// The fastest of several rounds in turns, of each.
fn two_beside_one(stage: &mut Stage<'_>) -> Result<f64> {
    let total = stage.pick(2_000_000, 500_000);
    let mut fastest = [f64::INFINITY; 2];
    for _ in 0..3 {
        for (fastest, threads) in fastest.iter_mut().zip([1, 2]) {
            let printed = Simulated::Interval.run("countdown", &arguments![threads, total])?;
            *fastest = fastest.min(field(&printed, "seconds")?);
        }
    }
    Ok(fastest[0] / fastest[1])
}

fn delay(stage: &mut Stage<'_>) -> Result<f64> {
    let sleeps = stage.pick(60, 20);
    let printed = Simulated::Interval.run("oversleep", &arguments![1, sleeps, SWITCH])?;
    let delays = Distribution::of_milliseconds(&printed)?;
    Ok(delays.percentile(50.0).as_secs_f64() * 1e3)
}

fn lost(_: &mut Stage<'_>) -> Result<f64> {
    let printed = Simulated::Interval.run("increments", &arguments![2, 20_000])?;
    // `lost A B`: of x += 1, and of x = x + one().
    let lost = printed.split_whitespace().nth(1).and_then(|lost| lost.parse().ok());
    Ok(lost.ok_or_else(|| format!("no count in {printed:?}"))?)
}
