//! The switch alone: to another stack, where nothing is done, and back.
//!
//! Both keep registers only. The scheduler of ours keeps the floating-point mode besides; what that
//! costs is told by the last contestant.

use corosensei::Coroutine;
use criterion::Criterion;
use green_threads_demo::green::mode::Mode;
use green_threads_demo::green::stack::Stacks;
use green_threads_demo::green::switch::{Context, prepare, switch};

/// Nanoseconds for two switches.
pub fn there_and_back(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("switch, there and back");
    group.bench_function("green threads", |bencher| {
        with_pair(|pair| bencher.iter(|| round_trip(pair)));
    });
    group.bench_function("corosensei", |bencher| {
        let mut there = Coroutine::new(|yielder, ()| {
            loop {
                yielder.suspend(());
            }
        });
        bencher.iter(|| -> Option<()> { there.resume(()).as_yield() });
    });
    group.bench_function("green threads again", |bencher| {
        with_pair(|pair| bencher.iter(|| round_trip(pair)));
    });
    group.bench_function("green threads, and the mode read twice", |bencher| {
        with_pair(|pair| bencher.iter(|| (Mode::now(), round_trip(pair), Mode::now())));
    });
    group.finish();
}

/// Where the two of them stand; of the one that runs, where it stood.
struct Pair {
    here: Context,
    there: Context,
}

fn with_pair(measure: impl FnOnce(&mut Pair)) {
    let mut stacks = Stacks::default();
    let stack = stacks.take().expect("a stack");
    let mut pair = Pair { here: Context::NOWHERE, there: Context::NOWHERE };
    // SAFETY: the top of a stack that nobody uses; the pair outlives every switch to it.
    pair.there = unsafe { prepare(stack.top(), other, (&raw mut pair).cast()) };
    measure(&mut pair);
    // What is on the other stack has no destructor, and nobody switches to it again.
}

#[inline]
fn round_trip(pair: &mut Pair) {
    // SAFETY: the other was prepared, or has switched back; and this is where it switches to.
    unsafe { switch(&raw mut pair.here, pair.there) };
}

unsafe extern "C" fn other(pair: *mut u8) -> ! {
    let pair = pair.cast::<Pair>();
    loop {
        // SAFETY: whoever switched here waits until this switches back.
        unsafe { switch(&raw mut (*pair).there, (*pair).here) };
    }
}
