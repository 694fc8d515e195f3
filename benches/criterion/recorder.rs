//! What it costs to record a timeline: the price of one change of state.

mod settings;

use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use stage::Recorder;

/// So many spans are more than a lane of the book has, and few enough to stay in the cache.
const SPANS: u64 = 4_096;

/// Records so many spans. Lanes are handed over to their recorder, and so freed, off the clock.
fn record(spans: u64) -> Duration {
    let chunk = |spans| {
        let mut lane = Recorder::new().lane("worker");
        let start = Instant::now();
        (0..spans).for_each(|_| lane.now("computing"));
        start.elapsed()
    };
    let whole: Duration = (0..spans / SPANS).map(|_| chunk(SPANS)).sum();
    whole + chunk(spans % SPANS)
}

fn recorder(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("recorder");
    group.bench_function("a span", |bencher| bencher.iter_custom(record));
    // The floor: no span can be recorded without looking at the clock.
    group.bench_function("the clock alone", |bencher| bencher.iter(Instant::now));
    group.bench_function("a span again", |bencher| bencher.iter_custom(record));
    group.finish();
}

criterion_group! { name = all; config = settings::criterion(); targets = recorder }
criterion_main!(all);
