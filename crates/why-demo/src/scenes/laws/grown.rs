//! Work that grows with those who do it.

use std::time::Duration;

use stage::{Contest, Result, Stage, Table};

use super::{Point, speed_ups, wait};
use crate::crew;
use crate::laws::{amdahl, gustafson};

/// The pieces that are done one after another, however many threads there are.
const ALONE: u32 = 2;

/// The pieces that each thread does.
const EACH: u32 = 6;

const THREADS: [usize; 5] = [1, 2, 4, 8, 16];

/// The share of the time that is one after another.
fn serial_share() -> f64 {
    f64::from(ALONE) / f64::from(ALONE + EACH)
}

/// How many pieces so many threads do.
fn pieces(threads: f64) -> f64 {
    f64::from(ALONE) + f64::from(EACH) * threads
}

/// Gustafson's law.
///
/// # Errors
/// If there were no threads to be had.
pub fn show(stage: &mut Stage<'_>) -> Result {
    let serial = serial_share();
    let points = measure(stage.pick(3_000, 1_000), stage.pick(3, 2))?;
    stage.say(format!(
        "Gustafson: {ALONE} pieces one after another, then {EACH} for each thread: more threads do not do the \
         same sooner, they do more in the same time.",
    ));
    let mut table =
        Table::new(["threads", "pieces", "times as much", "the law", "of a fixed amount"]);
    for (n, speed_up) in &points {
        table.row([
            n.to_string(),
            pieces(*n).to_string(),
            format!("{speed_up:.2}"),
            format!("{:.2}", gustafson(serial, *n)),
            format!("{:.2}", amdahl(serial, *n)),
        ]);
    }
    stage.table(&table);
    let (n, last) = points[points.len() - 1];
    let law = gustafson(serial, n);
    stage.check(
        "what grows with its threads is not bound by Amdahl",
        format!("{last:.1} times as much with {n}: the law says {law:.1}, and of a fixed amount 1/{serial} at most"),
        last > 1.0 / serial && (0.7..=1.1).contains(&(last / law)),
        "The machine was so busy that threads woke up much later than they wanted to.",
    );
    Ok(())
}

/// How many times as much so many threads do in the same time, with pieces of so many microseconds.
///
/// # Errors
/// If there were no threads to be had.
fn measure(micros: u64, rounds: usize) -> Result<Vec<Point>> {
    let piece = || wait(Duration::from_micros(micros));
    let mut contest = Contest::new();
    for threads in THREADS {
        contest.enter(threads.to_string(), move || {
            (0..ALONE).try_for_each(|_| piece())?;
            crew::together(threads, |_| (0..EACH).try_for_each(|_| piece()))?;
            Ok(())
        });
    }
    let speed_ups = speed_ups(&THREADS, &contest.run(rounds)?);
    Ok(speed_ups.into_iter().map(|(n, is)| (n, is * pieces(n) / pieces(1.0))).collect())
}
