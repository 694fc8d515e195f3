//! Tiny tasks in chunks of 1 to 1,000: what a task costs with its part of the trip.

use std::hint::black_box;
use std::time::{Duration, Instant};

use stage::{Result, Stage, Table, human};

use crate::jobs::REPERTOIRE;
use crate::jobs::timed::NEXT;
use crate::pool::{Options, Pool, Terms};
use crate::scenes::python;

/// The sizes.
const CHUNKS: [usize; 4] = [1, 10, 100, 1_000];

/// Prints for each chunk size how many seconds a task takes.
const PYTHON: &str = "\
import sys, time
from multiprocessing import get_context
from operator import neg
tasks, pool = 4000, get_context('fork').Pool(2)
pool.map(neg, range(tasks), chunksize=100)
for chunk in 1, 10, 100, 1000:
    began = time.perf_counter()
    answers = pool.map(neg, range(tasks), chunksize=chunk)
    print((time.perf_counter() - began) / tasks)
    assert answers == [-task for task in range(tasks)]
pool.terminate()
pool.join()
print('end')
";

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let tasks = stage.pick(40_000, 10_000);
    let mut pool = Pool::new(REPERTOIRE, Options::workers(2))?;
    let mut times = [const { Vec::new() }; CHUNKS.len()];
    for _ in 0..stage.pick(7, 5) {
        for (chunk, times) in CHUNKS.into_iter().zip(&mut times) {
            times.push(a_task(&mut pool, tasks, chunk)?);
        }
    }
    let ours = times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    });
    let python: Vec<_> = python::say(PYTHON, Duration::from_secs(20))
        .and_then(std::result::Result::ok)
        .unwrap_or_default()
        .iter()
        .filter_map(|seconds| seconds.parse().ok().map(Duration::from_secs_f64))
        .collect();

    stage.say(format!(
        "{tasks} tasks that only add one to a number, on two workers: what each of them costs{}:",
        if python.is_empty() { "" } else { "; and in Python's multiprocessing.Pool.map" }
    ));
    let mut table = Table::new(["chunk size", "a task", "in Python"]);
    for (at, chunk) in CHUNKS.iter().enumerate() {
        let theirs = python.get(at).map_or("–".into(), |&time| human(time));
        table.row([chunk.to_string(), human(ours[at]), theirs]);
    }
    let here = without(tasks);
    let little = if here.is_zero() { "under 1 ns".into() } else { human(here) };
    table.row(["no pool", &little, ""]);
    stage.table(&table);
    let part = ours[2].as_secs_f64() / ours[0].as_secs_f64().max(1e-9);
    stage.check(
        "in chunks of 100, a tiny task costs two thirds of what it does alone, at most",
        format!("{part:.2} of it"),
        part <= 0.67,
        "the trip of one costs little here: everybody was awake all the time",
    );
    stage.check(
        "such a task is worth no trip at all, in whatever chunk",
        format!("{} in chunks of 1000, {little} without a pool", human(ours[3])),
        ours[3] > here,
        "I don't know why: to send a number takes longer than to add one to it",
    );
    Ok(())
}

/// How long a task takes where it is not sent anywhere, to the nanosecond.
fn without(tasks: u64) -> Duration {
    let start = Instant::now();
    (0..tasks).for_each(|task| _ = black_box(black_box(task).wrapping_add(1)));
    start.elapsed() / tasks as u32
}

/// How long a task takes, one of so many.
fn a_task(pool: &mut Pool, tasks: u64, chunk: usize) -> Result<Duration> {
    let start = Instant::now();
    let answers = pool.map(Terms { chunk, ..Terms::default() }, &NEXT, 0..tasks)?;
    let took = start.elapsed();
    if !answers.into_iter().eq(1..=tasks) {
        return Err("a wrong answer".into());
    }
    Ok(took / tasks as u32)
}
