//! What it costs to start tasks and to switch between them, with nothing to do in them.

use std::time::{Duration, Instant};

use criterion::Criterion;

use super::runtimes::{Job, contestants};

/// The four shapes by which tokio's developers measure its scheduler.
pub fn shapes(criterion: &mut Criterion) {
    for (name, job) in [
        ("yield_many", Job::YieldMany),
        ("spawn_many", Job::SpawnMany),
        ("chained_spawn", Job::ChainedSpawn),
        ("ping_pong", Job::PingPong),
    ] {
        let mut group = criterion.benchmark_group(name);
        for contestant in contestants() {
            group.bench_function(contestant.name, |bencher| {
                bencher.iter(|| (contestant.run)(job));
            });
        }
        group.finish();
    }
}

/// From one of 1,000 tasks to the next.
pub fn yields(criterion: &mut Criterion) {
    const TASKS: u64 = 1_000;
    measure(criterion, "yield among 1,000 tasks", TASKS * 100, |yields| {
        Job::Yields(yields / TASKS)
    });
}

/// A task started, and its end waited for.
pub fn spawns(criterion: &mut Criterion) {
    measure(criterion, "spawn and await", 1_000, Job::SpawnAndAwait);
}

/// Nanoseconds for one of as many as there are in a job; that is a multiple of `least`.
fn measure(criterion: &mut Criterion, name: &str, least: u64, job: fn(u64) -> Job) {
    let mut group = criterion.benchmark_group(name);
    for contestant in contestants() {
        group.bench_function(contestant.name, |bencher| {
            bencher.iter_custom(|times| {
                let at_least = times.next_multiple_of(least);
                let start = Instant::now();
                (contestant.run)(job(at_least));
                scale(start.elapsed(), times, at_least)
            });
        });
    }
    group.finish();
}

/// The time for so many, where it was taken for others.
pub fn scale(took: Duration, times: u64, measured: u64) -> Duration {
    took.mul_f64(times as f64 / measured as f64)
}
