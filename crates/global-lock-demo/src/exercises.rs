//! What the reader foresees: `cargo run -p global-lock-demo -- check`.

use std::time::Instant;

use stage::{Exercise, Result, Stage, cpu_time};

use crate::distribution::Distribution;
use crate::host::Simulated;

/// Computing, the switch interval, and an update in two steps.
pub const EXERCISES: [Exercise; 3] = [
    Exercise {
        task: "Change nothing, and foresee: two threads of one interpreter count down, each from \
               half of the number, on a machine with two free cores. The lock is that of CPython \
               3.2 and later. top(1) shows a program that keeps one core busy at 100 %, and one that \
               keeps two busy at 200 %. What would it show here, in %?",
        what: "two threads under the lock",
        unit: "%",
        measure: busy,
        before: None,
        within: 1.5,
        why: "one of them runs at a time, and the other sleeps until it gets the lock. So they are as fast \
              as one thread, and as busy. Where you have as many threads as cores and see 100 %, look \
              for a lock.",
    },
    Exercise {
        task: "A thread sleeps 1 ms, again and again, beside one that computes and never waits. \
               SWITCH in crates/global-lock-demo/src/exercises.rs, the switch interval, is \
               0.005 s, as in CPython: make it 0.050. By how many ms is a sleep then longer than \
               1 ms, as a rule?",
        what: "how late a sleep is",
        unit: "ms",
        measure: delay,
        // 5, and what a busy machine adds.
        before: Some(6.8),
        within: 1.4,
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
        before: None,
        within: 1.0,
        why: "x += 1 is three instructions, and a switch between them would lose an update. But \
              this interpreter looks whether somebody wants the lock only when it jumps backwards \
              or begins a function, and there is no such place inside x += 1. With x = x + f() there is. \
              That is luck of the implementation, and no promise of the language.",
    },
];

/// The switch interval, in seconds.
const SWITCH: f64 = 0.005;

/// How busy two threads are, in per cent of a core: in the round of which others have taken least.
fn busy(stage: &mut Stage<'_>) -> Result<f64> {
    let rounds = stage.pick(30, 10);
    let mut most = 0.0_f64;
    for _ in 0..rounds {
        let (start, before) = (Instant::now(), cpu_time());
        Simulated::Interval.run("countdown", &arguments![2, 500_000])?;
        let used = cpu_time().saturating_sub(before);
        most = most.max(used.as_secs_f64() / start.elapsed().as_secs_f64());
    }
    Ok(100.0 * most)
}

/// The upper quartile: while other programs have the core of the thread that computes, the lock is
/// free, and sleeps are as short as they would be without it.
fn delay(stage: &mut Stage<'_>) -> Result<f64> {
    let sleeps = stage.pick(40, 15);
    let printed = Simulated::Interval.run("oversleep", &arguments![1, sleeps, SWITCH])?;
    let delays = Distribution::of_milliseconds(&printed)?;
    Ok(delays.percentile(75.0).as_secs_f64() * 1e3)
}

fn lost(_: &mut Stage<'_>) -> Result<f64> {
    let printed = Simulated::Interval.run("increments", &arguments![2, 20_000])?;
    // `lost A B`: of x += 1, and of x = x + one().
    let lost = printed.split_whitespace().nth(1).and_then(|lost| lost.parse().ok());
    Ok(lost.ok_or_else(|| format!("no count in {printed:?}"))?)
}
