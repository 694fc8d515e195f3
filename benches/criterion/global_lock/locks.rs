//! Locks without an interpreter: taken and given by one thread, and handed over between two.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use criterion::{BenchmarkGroup, Criterion, measurement::WallTime};
use global_lock_demo::lock::{Fair, GlobalLock, Interval, Legacy};
use global_lock_demo::object_lock::ObjectLock;
use global_lock_demo::thread::ThreadState;

/// Take and give, where nobody else wants the lock.
pub fn uncontended(criterion: &mut Criterion) {
    let (object, std, other) = (ObjectLock::default(), Mutex::new(0), parking_lot::Mutex::new(0));
    let mut group = criterion.benchmark_group("take and give, one thread");
    let mut count = 0;
    group.bench_function("ObjectLock", |bencher| bencher.iter(|| object.with(|| count += 1)));
    group.bench_function("std Mutex", |bencher| {
        bencher.iter(|| *std.lock().expect("nobody panics") += 1);
    });
    group.bench_function("parking_lot Mutex", |bencher| bencher.iter(|| *other.lock() += 1));
    fn pair<L: GlobalLock + Default>(group: &mut BenchmarkGroup<'_, WallTime>) {
        let (lock, mut me) = (L::default(), ThreadState::new(1));
        group.bench_function(format!("global, {}", L::NAME), |bencher| {
            bencher.iter(|| {
                lock.take(&mut me);
                lock.give(&mut me);
            });
        });
    }
    pair::<Legacy>(&mut group);
    pair::<Interval>(&mut group);
    pair::<Fair>(&mut group);
    group.bench_function("ObjectLock again", |bencher| bencher.iter(|| object.with(|| count += 1)));
    group.finish();
}

/// From one thread to the other, by give and take: who has had its turn comes back, perhaps several
/// times, until the other one has been there.
pub fn hand_over(criterion: &mut Criterion) {
    fn measure<L: GlobalLock + Default>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str) {
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|turns| alternate(&L::default(), turns));
        });
    }
    let mut group = criterion.benchmark_group("hand-over");
    measure::<Legacy>(&mut group, "legacy");
    measure::<Interval>(&mut group, "interval");
    measure::<Fair>(&mut group, "fair");
    measure::<Legacy>(&mut group, "legacy again");
    group.finish();
}

/// How long two threads take for so many turns, each of the one after one of the other.
fn alternate<L: GlobalLock>(lock: &L, turns: u64) -> Duration {
    let turn = AtomicU32::new(1);
    let player = |id: u32, turns: u64| {
        let me = &mut ThreadState::new(id);
        let mut done = 0;
        while done < turns {
            lock.take(me);
            if turn.load(Relaxed) == id {
                turn.store(3 - id, Relaxed);
                done += 1;
            }
            lock.give(me);
        }
    };
    let start = Instant::now();
    thread::scope(|scope| {
        scope.spawn(|| player(1, turns.div_ceil(2)));
        player(2, turns / 2);
    });
    start.elapsed()
}
