//! The pocket interpreter: what an instruction costs, a reference count, a lock; and what a fair
//! global lock gives a thread that waits for I/O.
//!
//! Programs measure themselves, with `perf_counter`, so that starting an interpreter is no part of
//! it. To within what the machine allows: two strategies are two copies of the loop, and where the
//! linker puts them can make more of a difference than what they do.

#[path = "global_lock/fair.rs"]
mod fair;
#[path = "global_lock/locks.rs"]
mod locks;
mod settings;
#[path = "global_lock/timed.rs"]
mod timed;
#[path = "global_lock/unasked.rs"]
mod unasked;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use global_lock_demo::count::{Atomic, Biased, Count, Plain};
use global_lock_demo::lock::{Interval, Legacy};
use global_lock_demo::strategy::Strategy;
use global_lock_demo::strategy::fine_grained::FineGrained;
use global_lock_demo::strategy::free_threaded::FreeThreaded;
use global_lock_demo::strategy::none::Unprotected;
use global_lock_demo::strategy::under_lock::UnderLock;
use global_lock_demo::vm::Program;
use timed::{seconds, timed};
use unasked::Unasked;

/// `while n > 0: n -= 1` has so many instructions a turn.
const INSTRUCTIONS: u64 = 8;

/// Nanoseconds an instruction of countdown's loop.
fn dispatch(criterion: &mut Criterion) {
    let program = timed("countdown", "count_down");
    let mut group = criterion.benchmark_group("dispatch");
    let mut measure = |name: &str, turns: &dyn Fn(u64) -> f64| {
        let one =
            |instructions: u64| turns(instructions.div_ceil(INSTRUCTIONS)) / INSTRUCTIONS as f64;
        group.bench_function(name, |bencher| bencher.iter_custom(|many| timed::scale(many, one)));
    };
    measure("interval", &|n| turn::<UnderLock<Interval>>(&program, n));
    measure("interval, unasked", &|n| turn::<Unasked>(&program, n));
    measure("none", &|n| turn::<Unprotected>(&program, n));
    measure("legacy", &|n| turn::<UnderLock<Legacy>>(&program, n));
    measure("fine-grained", &|n| turn::<FineGrained>(&program, n));
    measure("free-threaded", &|n| turn::<FreeThreaded>(&program, n));
    measure("interval again", &|n| turn::<UnderLock<Interval>>(&program, n));
    group.finish();
}

/// Seconds a turn of the program's loop takes, one of so many.
fn turn<S: Strategy + Default>(program: &Program, turns: u64) -> f64 {
    seconds(S::default(), program, turns) / turns as f64
}

/// Four references made and dropped by a program whose thread owns the object: `objects.py`.
fn objects(criterion: &mut Criterion) {
    let program = timed("objects", "refer");
    let mut group = criterion.benchmark_group("objects, one thread");
    let mut measure = |name: &str, one: &dyn Fn(u64) -> f64| {
        group.bench_function(name, |bencher| bencher.iter_custom(|many| timed::scale(many, one)));
    };
    measure("plain", &|n| turn::<UnderLock<Interval>>(&program, n));
    measure("atomic", &|n| turn::<FineGrained>(&program, n));
    measure("biased", &|n| turn::<FreeThreaded>(&program, n));
    measure("plain again", &|n| turn::<UnderLock<Interval>>(&program, n));
    group.finish();
}

/// One reference more and one less, on the thread that made the object.
fn references(criterion: &mut Criterion) {
    const ME: u32 = 1;
    fn pair<C: Count>(count: &C) {
        black_box(count).retain(ME);
        let _ = black_box(black_box(count).release(ME));
    }
    let (plain, atomic, biased) = (Plain::default(), Atomic::default(), Biased::default());
    plain.start(ME);
    atomic.start(ME);
    biased.start(ME);
    let mut group = criterion.benchmark_group("a reference more and less");
    group.bench_function("plain", |bencher| bencher.iter(|| pair(&plain)));
    group.bench_function("atomic", |bencher| bencher.iter(|| pair(&atomic)));
    group.bench_function("biased", |bencher| bencher.iter(|| pair(&biased)));
    group.bench_function("plain again", |bencher| bencher.iter(|| pair(&plain)));
    group.finish();
}

criterion_group! {
    name = all;
    config = settings::criterion();
    targets = dispatch, references, objects, locks::uncontended, locks::hand_over, fair::round_trip,
        fair::hog
}
criterion_main!(all);
