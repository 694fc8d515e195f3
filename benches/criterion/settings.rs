//! What all micro-benchmarks have in common.

// Each benchmark is a crate of its own, and none uses all of this.
#![allow(dead_code)]

use std::time::Duration;

use criterion::Criterion;

/// How many threads every pool gets: the same for all, or the comparison is of numbers.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Long enough for figures to some percent, as all of them together are to take under three minutes; with
/// `BENCH_QUICK=1`, for figures to the tenth.
pub fn criterion() -> Criterion {
    let quick = std::env::var_os("BENCH_QUICK").is_some_and(|value| value != "0");
    let (samples, warm_up, measure) = if quick { (10, 50, 200) } else { (20, 100, 350) };
    Criterion::default()
        .without_plots()
        .sample_size(samples)
        .warm_up_time(Duration::from_millis(warm_up))
        .measurement_time(Duration::from_millis(measure))
        .nresamples(10_000)
}
