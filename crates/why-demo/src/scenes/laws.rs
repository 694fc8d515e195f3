//! How much many can do: Amdahl, Gustafson and the universal scalability law, through points
//! measured now.

mod agreed;
pub(crate) mod fixed;
mod grown;

use std::thread;
use std::time::Duration;

use stage::contest::Times;
use stage::{Result, Scene, Stage};

use crate::plot::Axis;

/// Three laws, each with a program that is made to obey it.
pub const SCENE: Scene = Scene {
    name: "laws",
    title: "how much many can do",
    claim: "What can only be done one after another sets a bound to what many can gain (Amdahl); \
            that part shrinks if the work grows with them (Gustafson); and if each must agree with \
            each, more of them are slower (the universal law). All three can be seen, and what a \
            program is made of can be read off its curve.",
    play,
    try_this: "in crates/why-demo/src/scenes/laws/fixed.rs, let ALONE be 2 (and SHARED stay 18): what \
               is one after another is 2 of 20 now. Work out the bound before you run it.",
    read: "crates/why-demo/src/laws.rs, amdahl(), Universal::speed_up() and fit()",
};

/// A number of threads, and how many times as fast they were as one.
type Point = (f64, f64);

fn play(stage: &mut Stage<'_>) -> Result {
    stage.say(
        "Threads that compute gain nothing beyond the cores. Threads that wait do, so the laws are \
         shown with programs that wait: a thread that sleeps stands for one that waits for a service. What \
         counts is the fastest of some rounds, the one that others disturbed least.",
    );
    fixed::show(stage)?;
    grown::show(stage)?;
    agreed::show(stage)
}

/// The points of these numbers of threads, the first of them 1. By the fastest round of each: what
/// else goes on in the machine only makes a round slower.
fn speed_ups(threads: &[usize], times: &[Times]) -> Vec<Point> {
    let fastest = |times: &Times| times.fastest().as_secs_f64();
    let point =
        |(threads, time): (&usize, _)| (*threads as f64, fastest(&times[0]) / fastest(time));
    threads.iter().zip(times).map(point).collect()
}

/// What takes as long on every machine, however many do it at once.
fn wait(time: Duration) -> workloads::Result<()> {
    thread::sleep(time);
    Ok(())
}

fn threads(most: f64) -> Axis {
    let step = if most > 12.0 { 3 } else { 1 };
    let ticks = (0..=most as u32).filter(|n| *n == 1 || n % step == 0).map(f64::from).collect();
    Axis { name: "threads", range: (1.0, most), logarithmic: false, ticks }
}

/// How many times as fast, up to this.
fn times(most: f64) -> Axis {
    let ticks = (0..=most.ceil() as u32).map(f64::from).collect();
    Axis { name: "×", range: (0.0, most.ceil()), logarithmic: false, ticks }
}
