//! What it costs to start green threads and to switch between them, with nothing to do in them.

use std::time::{Duration, Instant};

use criterion::Criterion;

use super::contestants::{CONTESTANTS, Contestant};

/// From one of 1,000 threads to the next.
pub fn yields(criterion: &mut Criterion) {
    const THREADS: u64 = 1_000;
    measure(criterion, "yield among 1,000 green threads", THREADS * 100, |contestant, yields| {
        (contestant.yields)(THREADS, yields / THREADS);
    });
}

/// A thread started, and its end waited for. From the second on there is a stack that it can have.
pub fn spawns(criterion: &mut Criterion) {
    measure(criterion, "spawn and join", 1_000, |contestant, threads| (contestant.spawns)(threads));
}

/// Nanoseconds for one of as many as there are in a job; that is a multiple of `least`.
fn measure(criterion: &mut Criterion, name: &str, least: u64, job: fn(&Contestant, u64)) {
    let mut group = criterion.benchmark_group(name);
    for contestant in &CONTESTANTS {
        group.bench_function(contestant.name, |bencher| {
            bencher.iter_custom(|times| {
                let at_least = times.next_multiple_of(least);
                let start = Instant::now();
                job(contestant, at_least);
                let each = start.elapsed().as_secs_f64() / at_least as f64;
                Duration::from_secs_f64(each * times as f64)
            });
        });
    }
    group.finish();
}
