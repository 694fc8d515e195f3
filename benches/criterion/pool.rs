//! The hand-written pool beside rayon's, and beside no pool at all.
//!
//! In each group the first contestant is entered once more at the end, as `… again`: the distance
//! between the two is what the machine adds by itself, and no smaller difference means anything.

mod settings;

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use criterion::{Bencher, Criterion, criterion_group, criterion_main};
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use settings::threads;
use threading_demo::Pool;
use workloads::{chain, primes};

fn hand_written() -> Pool {
    Pool::new(threads()).expect("threads for a pool")
}

fn rayons() -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(threads()).build().expect("threads for a pool")
}

/// 64 ranges of uneven cost.
fn primes(criterion: &mut Criterion) {
    let ranges = primes::split(2_000_000, 64).expect("the bounds are valid");
    let count = |range: &std::ops::Range<u64>| primes::count(range.clone());
    let sequential = || ranges.iter().map(count).sum::<u64>();
    let (pool, rayon) = (hand_written(), rayons());
    let mut group = criterion.benchmark_group("primes");
    group.sample_size(10);
    group.bench_function("sequential", |bencher| bencher.iter(sequential));
    group.bench_function("Pool::share", |bencher| {
        bencher.iter(|| {
            let parts = pool.share(ranges.len(), |claims| {
                claims.map(|range| count(&ranges[range])).sum::<u64>()
            });
            parts.iter().sum::<u64>()
        });
    });
    group.bench_function("rayon par_iter", |bencher| {
        bencher.iter(|| rayon.install(|| ranges.par_iter().map(count).sum::<u64>()));
    });
    group.bench_function("a thread each", |bencher| {
        bencher.iter(|| {
            thread::scope(|scope| {
                let spawn = |range| scope.spawn(move || count(range));
                let threads: Vec<_> = ranges.iter().map(spawn).collect();
                let join =
                    |thread: thread::ScopedJoinHandle<'_, u64>| thread.join().expect("a count");
                threads.into_iter().map(join).sum::<u64>()
            })
        });
    });
    group.bench_function("sequential again", |bencher| bencher.iter(sequential));
    group.finish();
}

/// What it costs to go to several threads and come back, with nothing to do there.
fn empty_region(criterion: &mut Criterion) {
    let (pool, rayon) = (hand_written(), rayons());
    // Asked once: to find out, std reads several files, which takes far longer than any region.
    let threads = threads();
    let share = || drop(pool.share(threads, |claims| claims.count()));
    let regions: [(&str, &dyn Fn()); 4] = [
        ("Pool::share", &share),
        ("rayon install", &|| rayon.install(|| ())),
        ("rayon broadcast", &|| drop(rayon.broadcast(|_| ()))),
        ("Pool::share again", &share),
    ];
    let mut group = criterion.benchmark_group("empty region, hot");
    for (name, region) in regions {
        group.bench_function(name, |bencher| bencher.iter(region));
    }
    group.finish();
    let mut group = criterion.benchmark_group("empty region, cold");
    for (name, region) in regions {
        group.bench_function(name, |bencher| cold(bencher, region));
    }
    group.finish();
}

/// Times a region whose workers have fallen asleep: the pause before it is not counted.
fn cold(bencher: &mut Bencher<'_>, region: &dyn Fn()) {
    bencher.iter_custom(|iterations| {
        let once = || {
            thread::sleep(Duration::from_millis(1));
            let start = Instant::now();
            region();
            start.elapsed()
        };
        (0..iterations).map(|_| once()).sum()
    });
}

/// Tasks of some tens of nanoseconds, for which handing over one at a time is far too dear.
fn tiny_tasks(criterion: &mut Criterion) {
    const TASKS: usize = 20_000;
    let task = |task: usize| (0..10).fold(task as u64, |state, _| chain::link(state)) & 1;
    let (pool, rayon) = (hand_written(), rayons());
    let share = || pool.share(TASKS, |claims| claims.map(task).sum::<u64>()).iter().sum::<u64>();
    let mut group = criterion.benchmark_group("20,000 tiny tasks");
    group.bench_function("Pool::share", |bencher| bencher.iter(share));
    group.bench_function("rayon par_iter", |bencher| {
        bencher.iter(|| rayon.install(|| (0..TASKS).into_par_iter().map(task).sum::<u64>()));
    });
    group.bench_function("sequential", |bencher| {
        bencher.iter(|| (0..TASKS).map(|i| task(black_box(i))).sum::<u64>());
    });
    group.bench_function("Pool::share again", |bencher| bencher.iter(share));
    group.finish();
}

/// One small job elsewhere, and waiting for its result.
fn spawn_and_join(criterion: &mut Criterion) {
    let (pool, rayon) = (hand_written(), rayons());
    let mut group = criterion.benchmark_group("spawn and join");
    let pooled = |bencher: &mut Bencher<'_>| {
        bencher.iter(|| pool.spawn(|| black_box(1)).join().expect("a result"));
    };
    group.bench_function("Pool::spawn", pooled);
    group.bench_function("a thread", |bencher| {
        bencher.iter(|| thread::spawn(|| black_box(1)).join().expect("a result"));
    });
    // From inside its pool, where rayon means it to be called.
    group.bench_function("rayon::join", |bencher| {
        rayon.install(|| bencher.iter(|| rayon::join(|| black_box(1), || black_box(2))));
    });
    group.bench_function("Pool::spawn again", pooled);
    group.finish();
}

criterion_group! {
    name = all;
    config = settings::criterion();
    targets = primes, empty_region, tiny_tasks, spawn_and_join
}
criterion_main!(all);
