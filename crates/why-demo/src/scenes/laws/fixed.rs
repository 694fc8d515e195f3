//! A given amount of work, of which a part can only be done one piece after another.

use std::hint::black_box;
use std::time::Duration;

use stage::{Contest, Result, Stage};
use workloads::primes;

use super::{Point, speed_ups, threads, times, wait};
use crate::laws::{amdahl, fit_amdahl};
use crate::plot::Plot;
use crate::{cores, crew};

/// The pieces that need each the one before it: pages of which each tells where the next one is, say.
const ALONE: u32 = 6;

/// The pieces that need nobody.
const SHARED: u32 = 18;

/// With so many threads each has equally many pieces.
const THREADS: [usize; 6] = [1, 2, 3, 6, 9, 18];

/// The share of the work that is done one after another.
fn serial_share() -> f64 {
    f64::from(ALONE) / f64::from(ALONE + SHARED)
}

/// Amdahl's law.
///
/// # Errors
/// If there were no threads to be had.
pub fn show(stage: &mut Stage<'_>) -> Result {
    let serial = serial_share();
    let [waiting, computing] = measure(stage.pick(2_000, 1_000), stage.pick(5, 3))?;
    stage.say(format!(
        "Amdahl: {ALONE} pieces one after another, then {SHARED} that are shared out, so {serial:.2} of the work \
         is serial. · the law, ┄ its bound, ● measured waiting, ○ measured computing on {} core(s):",
        cores::count(),
    ));
    let most = THREADS[THREADS.len() - 1] as f64;
    let mut plot = Plot::new(threads(most), times(1.0 / serial));
    plot.curve('┄', |_| 1.0 / serial);
    plot.curve('·', |n| amdahl(serial, n));
    computing.iter().for_each(|(n, speed_up)| plot.point('○', *n, *speed_up));
    waiting.iter().for_each(|(n, speed_up)| plot.point('●', *n, *speed_up));
    stage.listing(plot);
    let fitted = fit_amdahl(&waiting);
    stage.check(
        "the serial share can be read off the measured points",
        format!("{fitted:.3} of the work, made to be {serial:.3}"),
        (fitted - serial).abs() <= 0.05,
        "The machine was so busy that threads woke up much later than they wanted to.",
    );
    let most = |points: &[Point]| points.iter().map(|point| point.1).fold(0.0, f64::max);
    let bound = 1.0 / serial;
    stage.check(
        format!("and no number of threads makes it 1/{serial:.2} = {bound:.1} times as fast"),
        format!("{:.2} times as fast at most", most(&waiting)),
        most(&waiting) < bound,
        "Threads can't be this fast: one thread was kept waiting in every round.",
    );
    let at_cores = amdahl(serial, cores::count() as f64);
    stage.check(
        "computing obeys it only as far as there are cores",
        format!(
            "{:.2} times as fast at most; {} core(s): {at_cores:.2}",
            most(&computing),
            cores::count()
        ),
        most(&computing) <= 1.25 * at_cores,
        "With more threads the program got a larger share of cores that others wanted too.",
    );
    Ok(())
}

/// Measures the work with pieces that wait so many microseconds, and with pieces that compute.
///
/// # Errors
/// If there were no threads to be had.
fn measure(micros: u64, rounds: usize) -> Result<[Vec<Point>; 2]> {
    let time = Duration::from_micros(micros);
    let waiting = points(rounds, || wait(time))?;
    let computing = points(rounds, || {
        // About a millisecond.
        black_box(primes::count(black_box(1_000_000..1_015_000)));
        Ok(())
    })?;
    Ok([waiting, computing])
}

/// How many times as fast 18 threads are as one, where each piece waits for so many microseconds.
pub(crate) fn eighteen_beside_one(micros: u64) -> Result<f64> {
    let time = Duration::from_micros(micros);
    let mut contest = Contest::new();
    for threads in [1, 18] {
        contest.enter(threads.to_string(), move || Ok(work(threads, &|| wait(time))?));
    }
    Ok(speed_ups(&[1, 18], &contest.run(3)?)[1].1)
}

fn points(rounds: usize, piece: impl Fn() -> workloads::Result<()> + Sync) -> Result<Vec<Point>> {
    let mut contest = Contest::new();
    for threads in THREADS {
        let piece = &piece;
        contest.enter(threads.to_string(), move || Ok(work(threads, piece)?));
    }
    Ok(speed_ups(&THREADS, &contest.run(rounds)?))
}

fn work(
    threads: usize,
    piece: &(impl Fn() -> workloads::Result<()> + Sync),
) -> workloads::Result<()> {
    (0..ALONE).try_for_each(|_| piece())?;
    crew::share(threads, &[(); SHARED as usize], |()| piece()).map(drop)
}
