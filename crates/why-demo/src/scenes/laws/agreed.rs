//! Work whose every piece all others must hear of.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use stage::{Contest, Result, Stage};

use super::{Point, speed_ups, threads, times, wait};
use crate::crew::{self, PATIENCE};
use crate::laws::Universal;
use crate::plot::Plot;

/// How many pieces there are. With so many threads each has equally many.
const PIECES: usize = 24;
const THREADS: [usize; 8] = [1, 2, 3, 4, 6, 8, 12, 24];

/// What each thread can do while the others do the same, what only one can do at a time, and what it
/// takes to tell one other thread; in microseconds.
const OWN: u32 = 2_000;
const QUEUED: u32 = 100;
const TELLING: u32 = 40;

/// The law that this obeys by how it is made. With n threads, n pieces take OWN + n × (QUEUED +
/// (n − 1) × TELLING); divide n pieces of one thread by that.
fn law() -> Universal {
    let alone = f64::from(OWN + QUEUED);
    Universal { sigma: f64::from(QUEUED) / alone, kappa: f64::from(TELLING) / alone }
}

/// The universal law.
///
/// # Errors
/// If there were no threads to be had.
pub fn show(stage: &mut Stage<'_>) -> Result {
    let made = law();
    let points = measure(stage.pick(2, 1), stage.pick(3, 2))?;
    let fitted = Universal::fit(&points);
    stage.say(format!(
        "The universal law: after each piece a thread tells every other one of it, one thread at a \
         time. · the law of what was written (contention σ {:.3}, coherency κ {:.4}), + the law of \
         what was measured (σ {:.3}, κ {:.4}), ● measured:",
        made.sigma, made.kappa, fitted.sigma, fitted.kappa,
    ));
    let most = |law: Universal| law.speed_up(law.peak().max(1.0));
    let highest = points.iter().map(|point| point.1).fold(most(made), f64::max);
    let mut plot = Plot::new(threads(PIECES as f64), times(highest.ceil()));
    plot.curve('·', |n| made.speed_up(n));
    plot.curve('+', |n| fitted.speed_up(n));
    points.iter().for_each(|(n, speed_up)| plot.point('●', *n, *speed_up));
    stage.listing(plot);
    let best = points.iter().copied().fold((1.0, 1.0), |a, b| if b.1 > a.1 { b } else { a });
    let last = points[points.len() - 1];
    stage.check(
        "beyond some number, more threads are slower",
        format!("{:.2} times as fast with {}, {:.2} with {}", best.1, best.0, last.1, last.0),
        best.0 < last.0 && last.1 < 0.8 * best.1,
        "The machine was so busy that threads woke up much later than they wanted to.",
    );
    let peak = fitted.peak();
    stage.check(
        "and the law that fits all points tells where: within a factor of 2",
        match peak.is_finite() {
            true => format!("at {peak:.1} threads; the fastest were {}", best.0),
            false => format!("nowhere; the fastest were {}", best.0),
        },
        (0.5..=2.0).contains(&(peak / best.0)),
        "The machine was so busy that threads woke up much later than they wanted to.",
    );
    Ok(())
}

/// Measures it, so many times as slow as the constants say.
///
/// # Errors
/// If there were no threads to be had.
fn measure(slower: u32, rounds: usize) -> Result<Vec<Point>> {
    let mut contest = Contest::new();
    for threads in THREADS {
        contest.enter(threads.to_string(), move || Ok(work(threads, slower)?));
    }
    Ok(speed_ups(&THREADS, &contest.run(rounds)?))
}

fn work(threads: usize, slower: u32) -> workloads::Result<()> {
    let micros = |micros: u32| Duration::from_micros(u64::from(micros * slower));
    let (done, came, turn) = (Mutex::new(0), Condvar::new(), Mutex::new(()));
    let others = threads as u32 - 1;
    crew::together(threads, |_| {
        (1..=PIECES / threads).try_for_each(|round| {
            wait(micros(OWN))?;
            let mut all = done.lock().unwrap_or_else(PoisonError::into_inner);
            *all += 1;
            came.notify_all();
            drop(crew::wait_until((&came, all), PATIENCE, |done| *done >= round * threads)?);
            let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
            wait(micros(QUEUED + others * TELLING))
        })
    })
    .map(drop)
}
