//! Sleeping tasks: what processor time they cost, and how late they wake.

use std::time::Duration;

use criterion::Criterion;
use nix::time::{ClockId, clock_gettime};

use super::runtimes::{Job, contestants};

/// Processor time (of all threads) for 100,000 sleeps at once: started, waited for, woken. That
/// they all sleep equally long is what time-outs do, and mostly they wake many at a time. With
/// different times hardly any two wake together.
pub fn many(criterion: &mut Criterion) {
    const TASKS: u32 = 100_000;
    let least = Duration::from_millis(100);
    for (name, spread) in [
        ("100,000 sleeps, equally long", Duration::ZERO),
        ("100,000 sleeps, over half a second", Duration::from_millis(500)),
    ] {
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10);
        for contestant in contestants() {
            group.bench_function(contestant.name, |bencher| {
                bencher.iter_custom(|times| {
                    let before = processor_time();
                    for _ in 0..times {
                        (contestant.run)(Job::Sleeps { tasks: TASKS, least, spread });
                    }
                    processor_time() - before
                });
            });
        }
        group.finish();
    }
}

fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).expect("a clock that every system has").into()
}

/// How much later than asked a sleep of a millisecond ends: the median.
pub fn lateness(criterion: &mut Criterion) {
    const AT_LEAST: u64 = 11;
    let mut group = criterion.benchmark_group("lateness of a sleep of 1 ms");
    for contestant in contestants() {
        group.bench_function(contestant.name, |bencher| {
            bencher.iter_custom(|times| {
                let mut late = (contestant.run)(Job::Late(times.max(AT_LEAST)));
                late.sort_unstable();
                late[late.len() / 2].mul_f64(times as f64)
            });
        });
    }
    group.finish();
}
