//! How much many can do: Amdahl, Gustafson and the universal scalability law, through points
//! measured now.

mod agreed;
mod fixed;
mod grown;

use std::thread;
use std::time::Duration;

use stage::contest::Times;
use stage::{Result, Scene, Stage, Table};

use crate::cores;
use crate::laws::{Universal, amdahl, fit_amdahl, gustafson};
use crate::plot::{Axis, Plot};

/// Three laws, each with a program that is made to obey it.
pub const SCENE: Scene = Scene {
    name: "laws",
    title: "how much many can do",
    claim: "What can only be done one after another sets a bound to what many can gain (Amdahl); \
            that part shrinks if the work grows with them (Gustafson); and if each must agree with \
            each, more of them are slower (the universal law). All three can be seen, and what a \
            program is made of can be read off its curve.",
    play,
    try_this: "in crates/why-demo/src/scenes/laws/fixed.rs, let ALONE be 2 (and SHARED stay 18): what \
               is one after another is 2 of 20 now. Work out the bound before you run it.",
    read: "crates/why-demo/src/laws.rs, amdahl(), Universal::speed_up() and fit()",
};

/// A number of threads, and how many times as fast they were as one.
type Point = (f64, f64);

fn play(stage: &mut Stage<'_>) -> Result {
    stage.say(
        "Threads that compute gain nothing beyond the cores. Threads that wait do, so the laws are \
         shown with programs that wait: a thread that sleeps stands for one that waits for a service. What \
         counts is the fastest of some rounds, the one that others disturbed least.",
    );
    amdahls(stage)?;
    gustafsons(stage)?;
    universal(stage)
}

/// The points of these numbers of threads, the first of them 1. By the fastest round of each: what
/// else goes on in the machine only makes a round slower.
fn speed_ups(threads: &[usize], times: &[Times]) -> Vec<Point> {
    let fastest = |times: &Times| times.fastest().as_secs_f64();
    let point =
        |(threads, time): (&usize, _)| (*threads as f64, fastest(&times[0]) / fastest(time));
    threads.iter().zip(times).map(point).collect()
}

/// What takes as long on every machine, however many do it at once.
fn wait(time: Duration) -> workloads::Result<()> {
    thread::sleep(time);
    Ok(())
}

fn amdahls(stage: &mut Stage<'_>) -> Result {
    let serial = fixed::serial_share();
    let [waiting, computing] = fixed::measure(stage.pick(3_000, 1_000), stage.pick(3, 2))?;
    stage.say(format!(
        "Amdahl: {} pieces one after another, then {} that are shared out, so {serial:.2} of the work \
         is serial. · the law, ┄ its bound, ● measured waiting, ○ measured computing on {} core(s):",
        fixed::ALONE,
        fixed::SHARED,
        cores::count(),
    ));
    let most = fixed::THREADS[fixed::THREADS.len() - 1] as f64;
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
        format!("and no number of threads makes it 1/{serial:.2} = {bound} times as fast"),
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

fn gustafsons(stage: &mut Stage<'_>) -> Result {
    let serial = grown::serial_share();
    let points = grown::measure(stage.pick(3_000, 1_000), stage.pick(3, 2))?;
    stage.say(format!(
        "Gustafson: {} pieces one after another, then {} for each thread: more threads do not do the \
         same sooner, they do more in the same time.",
        grown::ALONE,
        grown::EACH,
    ));
    let mut table =
        Table::new(["threads", "pieces", "times as much", "the law", "of a fixed amount"]);
    for (n, speed_up) in &points {
        table.row([
            n.to_string(),
            grown::pieces(*n).to_string(),
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

fn universal(stage: &mut Stage<'_>) -> Result {
    let made = agreed::law();
    let points = agreed::measure(stage.pick(2, 1), stage.pick(2, 1))?;
    let fitted = Universal::fit(&points);
    stage.say(format!(
        "The universal law: after each piece a thread tells every other one of it, one thread at a \
         time. · the law of what was written (contention σ {:.3}, coherency κ {:.4}), + the law of \
         what was measured (σ {:.3}, κ {:.4}), ● measured:",
        made.sigma, made.kappa, fitted.sigma, fitted.kappa,
    ));
    let most = |law: Universal| law.speed_up(law.peak().max(1.0));
    let highest = points.iter().map(|point| point.1).fold(most(made), f64::max);
    let mut plot = Plot::new(threads(agreed::PIECES as f64), times(highest.ceil()));
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
        format!("{peak:.1} threads, and the fastest were {}", best.0),
        (0.5..=2.0).contains(&(peak / best.0)),
        "The machine was so busy that threads woke up much later than they wanted to.",
    );
    Ok(())
}

fn threads(most: f64) -> Axis {
    let step = if most > 12.0 { 3 } else { 1 };
    let ticks = (0..=most as u32).filter(|n| *n == 1 || n % step == 0).map(f64::from).collect();
    Axis { name: "threads", range: (1.0, most), logarithmic: false, ticks }
}

/// How many times as fast, up to this.
fn times(most: f64) -> Axis {
    let ticks = (0..=most.ceil() as u32).map(f64::from).collect();
    Axis { name: "×", range: (0.0, most.ceil()), logarithmic: false, ticks }
}
