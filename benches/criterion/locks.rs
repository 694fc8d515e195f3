//! One addition to a shared counter: what the ways to make it safe cost.
//!
//! Contended figures are for the additions of all threads together, by the clock on the wall: a
//! counter that scales gives less than its uncontended figure, one that is fought for gives more.

mod settings;

use std::cell::Cell;
use std::hint::black_box;
use std::ops::DerefMut;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Barrier, Mutex, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use parking_lot::FairMutex;
use settings::threads;

const SHARDS: usize = 32;

/// A line of the cache, twice over because processors fetch them in pairs: what two threads write
/// should not share one.
#[derive(Default)]
#[repr(align(128))]
struct Shard(AtomicU64);

thread_local! {
    static OWN: Cell<u64> = const { Cell::new(0) };
    static SHARD: usize = {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        NEXT.fetch_add(1, Relaxed)
    };
}

type Counter<'a> = (&'static str, &'a (dyn Fn() -> u64 + Sync));

fn add(mut count: impl DerefMut<Target = u64>) -> u64 {
    *count += 1;
    *count
}

fn with_counters(measure: &mut dyn FnMut(Counter<'_>)) {
    let std_mutex = Mutex::new(0_u64);
    let mutex = parking_lot::Mutex::new(0_u64);
    let fair = FairMutex::new(0_u64);
    let std_read = RwLock::new(0_u64);
    let read = parking_lot::RwLock::new(0_u64);
    let atomic = AtomicU64::new(0);
    let shards: [Shard; SHARDS] = Default::default();
    let std_lock = || add(std_mutex.lock().expect("nobody panics"));
    measure(("std Mutex", &std_lock));
    measure(("parking_lot Mutex", &|| add(mutex.lock())));
    measure(("parking_lot FairMutex", &|| add(fair.lock())));
    measure(("std RwLock, read", &|| *std_read.read().expect("nobody panics")));
    measure(("parking_lot RwLock, read", &|| *read.read()));
    measure(("atomic", &|| atomic.fetch_add(1, Relaxed)));
    measure(("sharded", &|| SHARD.with(|shard| shards[shard % SHARDS].0.fetch_add(1, Relaxed))));
    measure(("thread-local", &|| OWN.replace(OWN.get() + 1)));
    measure(("std Mutex again", &std_lock));
}

fn uncontended(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("add, one thread");
    with_counters(&mut |(name, add)| {
        group.bench_function(name, |bencher| bencher.iter(add));
    });
    group.finish();
}

fn contended(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("add, all cores");
    with_counters(&mut |(name, add)| {
        group.bench_function(name, |bencher| bencher.iter_custom(|adds| race(adds, add)));
    });
    group.finish();
}

/// How long the threads take for so many additions between them.
fn race(adds: u64, add: &(dyn Fn() -> u64 + Sync)) -> Duration {
    let threads = threads().max(2);
    let gate = Barrier::new(threads);
    // Each notes its own start, in front of the gate, and its own end: whoever waits in join()
    // learns of the end too late.
    let run = || {
        gate.wait();
        let start = Instant::now();
        (0..adds.div_ceil(threads as u64)).for_each(|_| _ = black_box(add()));
        (start, Instant::now())
    };
    let times: Vec<_> = thread::scope(|scope| {
        let racers: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        racers.into_iter().map(|racer| racer.join().expect("a time")).collect()
    });
    let first = times.iter().map(|(start, _)| *start).min();
    let last = times.iter().map(|(_, end)| *end).max();
    last.zip(first).map_or(Duration::ZERO, |(last, first)| last - first)
}

criterion_group! { name = all; config = settings::criterion(); targets = uncontended, contended }
criterion_main!(all);
