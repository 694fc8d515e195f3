//! Spawn, join, scope: what a thread is.

use std::ops::Range;
use std::thread;
use std::time::{Duration, Instant};

use stage::{Recorder, Result, Scene, Stage, Timeline, human};
use workloads::primes;

/// What a thread is, and what two of them make of the same work.
pub const SCENE: Scene = Scene {
    name: "spawn",
    title: "spawn, join, scope",
    claim: "A thread is a second place in the program that runs at the same time. Two threads \
            on two cores do the same work in about half the time.",
    play,
    try_this: "in crates/threading-demo/src/scenes/spawn.rs, halves(), let the middle be below / 2: \
               the halves are equal in numbers, no longer in cost, and the second lane becomes the longer one.",
    read: "crates/threading-demo/src/scenes/spawn.rs, two()",
};

/// How often each is run, in turns; the fastest run is the one that others disturbed least.
const ROUNDS: usize = 3;

fn play(stage: &mut Stage<'_>) -> Result {
    let below = stage.pick(4_000_000, 1_000_000);
    let rounds = (0..ROUNDS).map(|_| (timed(|| one(below)), timed(|| two(below))));
    let (ones, twos): (Vec<_>, Vec<_>) = rounds.unzip();
    let (known, one, one_took) = fastest(ones);
    let (count, two, two_took) = fastest(twos);
    stage.timeline(
        "One thread counts primes in two ranges, one after the other (the fastest of 3 runs):",
        one,
    );
    let at_once = two.at_once("computing");
    stage.timeline("Two threads, spawned in a scope; the main thread waits in join():", two);

    stage.check(
        "both count the same primes",
        format!("{known} and {count}"),
        known == count,
        "Two threads that share nothing can't differ: please report this.",
    );
    stage.check(
        "the threads computed at the same time",
        format!("{at_once} at once"),
        at_once == 2,
        "The first thread was done before the second began.",
    );
    let ratio = two_took.as_secs_f64() / one_took.as_secs_f64();
    stage.check(
        "two threads take at most 0.65 of the time of one",
        format!("{} and {}, {ratio:.2} of it", human(one_took), human(two_took)),
        ratio <= 0.65,
        "This needs two free cores: look for another program that computes, or for one core with \
         two hardware threads.",
    );
    Ok(())
}

/// What was counted, who did what when, and how long it took.
type Run = (u64, Timeline, Duration);

fn timed(run: impl FnOnce() -> (u64, Timeline)) -> Run {
    let start = Instant::now();
    let (count, timeline) = run();
    (count, timeline, start.elapsed())
}

fn fastest(runs: Vec<Run>) -> Run {
    runs.into_iter().min_by_key(|(.., took)| *took).expect("at least one round")
}

/// The numbers below `below` in two ranges of about the same cost: testing n takes up to √n
/// divisions, so half the cost lies below 0.63 of the numbers (0.63^1.5 is one half).
pub(crate) fn halves(below: u64) -> [Range<u64>; 2] {
    let middle = below * 63 / 100;
    [0..middle, middle..below]
}

pub(crate) fn one(below: u64) -> (u64, Timeline) {
    let recorder = Recorder::new();
    let mut lane = recorder.lane("main");
    let mut count = 0;
    for (i, range) in halves(below).into_iter().enumerate() {
        lane.now_with("computing", i + 1);
        count += primes::count(range);
    }
    drop(lane);
    (count, recorder.timeline())
}

pub(crate) fn two(below: u64) -> (u64, Timeline) {
    let recorder = Recorder::new();
    let mut lane = recorder.lane("main");
    // A scope ends only when all threads in it have ended. That is what lets them borrow: the
    // recorder and the ranges live in this function, which can't return before its threads.
    let count = thread::scope(|scope| {
        let threads = halves(below).into_iter().enumerate().map(|(i, range)| {
            let mut lane = recorder.lane(format!("thread {}", i + 1));
            scope.spawn(move || {
                lane.now_with("computing", i + 1);
                primes::count(range)
            })
        });
        let threads: Vec<_> = threads.collect();
        lane.now("waiting");
        // join() waits for a thread's end, and hands over what its closure returned.
        threads.into_iter().map(|thread| thread.join().expect("counting does not panic")).sum()
    });
    drop(lane);
    (count, recorder.timeline())
}
