//! Takes the calibration: short trials of each approach, round by round, of which the least counts.
//! Whatever else the machine does makes a trial longer, and never shorter.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use workloads::chain;
use workloads::orders::Terms;

use super::calibration::{Calibration, Costs, Key};
use super::trial::Trials;
use crate::contestant::{AGAIN, CONTESTANTS, Contestant};
use crate::facts::Facts;
use crate::interrupt::Interrupt;
use crate::progress::Progress;
use crate::{Result, Sample};

/// How many rounds there are at most, and after how long no other is begun.
const ROUNDS: usize = 6;
const ENOUGH: Duration = Duration::from_secs(13);

/// How long one trial may take.
const DEADLINE: Duration = Duration::from_secs(10);

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// One task, which has nothing to do: what there is before any work.
    One,
    /// Many, which have nothing to do: what a task costs.
    Flood,
    /// Many that wait at once: what one costs that waits, and which part of it comes first.
    Crowd,
    /// Two rounds of waiting.
    Rounds,
    /// Tasks that compute.
    Compute,
    /// Tasks that compute under the lock.
    Locked,
}

/// The sizes of the trials: tasks, and milliseconds.
const FLOOD: u64 = 500;
const CROWD: u64 = 1_000;
const CROWD_MS: u64 = 100;
const ROUNDS_MS: u64 = 10;
const COMPUTE: u64 = 24;
const COMPUTE_MS: f64 = 4.0;
const LOCKED: u64 = 100;
const LOCKED_MS: f64 = 0.2;

/// How many tasks an approach has begun at once that has no fewer for any number: each has a socket,
/// and each chapter stops here.
pub const MANY: f64 = 10_000.0;

type Least = BTreeMap<(&'static str, Kind), Sample>;

/// Measures this machine. Call this on the main thread.
///
/// # Errors
/// If an approach can't do what is tried, or at Ctrl-C.
pub fn take(interrupt: &Interrupt) -> Result<Calibration> {
    let (clock, mut facts) = (Instant::now(), Facts::gather());
    let mut links_per_ms = links_per_ms();
    let mut trials = Trials::new(interrupt, DEADLINE)?;
    let all: Vec<_> = CONTESTANTS.iter().filter(|one| one.name != AGAIN).collect();
    let mut least = Least::new();
    let steps = (0..ROUNDS).flat_map(|_| kinds()).map(|kind| format!("calibrating: {kind:?}"));
    let mut progress = Progress::over(&[ENOUGH]);
    progress.part(steps.collect());
    for _ in 0..ROUNDS {
        if clock.elapsed() > ENOUGH {
            break;
        }
        for kind in kinds() {
            progress.step();
            for contestant in &all {
                let many = |trial: &Sample| trial["promised_in_flight"] as u64;
                let slots = least.get(&(contestant.name, Kind::Flood)).map_or(1, many);
                if let Some((terms, tasks)) = trial(kind, contestant, slots, links_per_ms) {
                    trials.on(terms)?;
                    let run = trials.run(contestant, tasks);
                    let run = run.map_err(|why| format!("{}: {}", contestant.name, why.why()))?;
                    note(&mut least, (contestant.name, kind), run);
                }
            }
            links_per_ms = links_per_ms.max(self::links_per_ms());
        }
    }
    facts.now_after(progress.others());
    let of = |name: &str| wall(&least, name, Kind::Locked) - wall(&least, name, Kind::One);
    let locked = of("threads") / LOCKED as f64 - LOCKED_MS;
    let costs = |one: &&Contestant| (one.name.to_owned(), costs(&least, one, facts.cores));
    let approaches: BTreeMap<_, _> = all.iter().map(costs).collect();
    let threads = &approaches["threads"];
    Ok(Calibration {
        of: Key::here(&facts),
        hand_over_ms: (locked - threads.ask_ms - threads.answer_ms).max(0.0),
        load: [facts.load_before, facts.load_after],
        took: clock.elapsed().as_secs_f64(),
        links_per_ms,
        approaches,
    })
}

fn kinds() -> [Kind; 6] {
    [Kind::One, Kind::Flood, Kind::Crowd, Kind::Rounds, Kind::Compute, Kind::Locked]
}

/// How fast one core is: the best of many stretches that are short enough for the kernel not to
/// take the core away in the middle.
fn links_per_ms() -> f64 {
    const LINKS: u64 = 200_000;
    let stretch = |_| {
        let clock = Instant::now();
        black_box(chain::run(black_box(LINKS)).ok());
        clock.elapsed().as_secs_f64() * 1e3
    };
    LINKS as f64 / (0..30).map(stretch).fold(f64::INFINITY, f64::min)
}

/// On which terms this is tried with the approach, and with how many tasks; not at all where it
/// would tell nothing.
fn trial(kind: Kind, one: &Contestant, slots: u64, links_per_ms: f64) -> Option<(Terms, u64)> {
    let idle = Terms { think_ms: 0, links: 1, locked: 0 };
    let crowds = slots >= FLOOD;
    match kind {
        Kind::One => Some((idle, 1)),
        Kind::Flood => Some((idle, FLOOD)),
        Kind::Crowd => crowds.then_some((Terms { think_ms: CROWD_MS, ..idle }, CROWD)),
        Kind::Rounds if crowds => Some((Terms { think_ms: ROUNDS_MS, ..idle }, 1)),
        Kind::Rounds => Some((Terms { think_ms: ROUNDS_MS, ..idle }, 2 * slots)),
        Kind::Compute => {
            Some((Terms { links: (COMPUTE_MS * links_per_ms) as u64, ..idle }, COMPUTE))
        }
        Kind::Locked => (one.name == "threads")
            .then_some((Terms { locked: (LOCKED_MS * links_per_ms) as u64, ..idle }, LOCKED)),
    }
}

/// Keeps the least of each figure.
fn note(least: &mut Least, of: (&'static str, Kind), run: Sample) {
    let kept = least.entry(of).or_insert_with(|| run.clone());
    for (name, value) in run {
        let figure = kept.entry(name).or_insert(value);
        *figure = figure.min(value);
    }
}

fn wall(least: &Least, name: &str, kind: Kind) -> f64 {
    let found = least.iter().find(|((one, of), _)| *one == name && *of == kind);
    found.map_or(0.0, |(_, sample)| sample["wall_ms"])
}

/// Which part of a lone core's work each core does when it computes on all that it has. By processor
/// time: so it also holds on a machine that has other things to do meanwhile.
fn efficiency(least: &Least, one: &Contestant) -> f64 {
    let cpu = |kind| least.get(&(one.name, kind)).map_or(0.0, |sample| sample["cpu_ms"]);
    let unit = (cpu(Kind::Flood) - cpu(Kind::One)) / (FLOOD - 1) as f64;
    let computing = cpu(Kind::Compute) - cpu(Kind::One) - COMPUTE as f64 * unit;
    (COMPUTE as f64 * COMPUTE_MS / computing.max(1e-3)).clamp(0.1, 1.0)
}

/// What the figures come to.
fn costs(least: &Least, one: &Contestant, cores: usize) -> Costs {
    let wall = |kind| wall(least, one.name, kind);
    let figure = |kind, figure: &str| least.get(&(one.name, kind)).map(|sample| sample[figure]);
    let start_ms = wall(Kind::One);
    let in_flight = figure(Kind::Flood, "promised_in_flight").unwrap_or(1.0);
    let crowds = in_flight >= FLOOD as f64;
    let unit = ((wall(Kind::Flood) - start_ms) / (FLOOD - 1) as f64).max(1e-4);
    // While a crowd waits, asking goes on beside it, and so does answering: what is left is the
    // longer of the two, and here that is asking, to which the start of the task belongs.
    let rest = (wall(Kind::Crowd) - start_ms - CROWD_MS as f64) / CROWD as f64;
    let ask_ms = if crowds { rest.clamp(unit / 2.0, unit) } else { unit / 2.0 };
    let (rounds, units) = if crowds { (1.0, 0.0) } else { (2.0, 2.0 * in_flight) };
    let waited = wall(Kind::Rounds) - start_ms - units * unit;
    let most = if one.one_core { 1 } else { cores } as f64;
    let base_mib = figure(Kind::One, "peak_memory_mib").unwrap_or(0.0);
    let (full, at_once) =
        if crowds { (Kind::Crowd, CROWD as f64) } else { (Kind::Flood, in_flight) };
    let full = figure(full, "peak_memory_mib").unwrap_or(base_mib);
    Costs {
        start_ms,
        ask_ms,
        answer_ms: unit - ask_ms,
        late_ms: (waited / rounds - ROUNDS_MS as f64).max(0.0),
        speed: most * efficiency(least, one),
        in_flight: if crowds { MANY } else { in_flight },
        base_mib,
        waiting_mib: ((full - base_mib) / at_once).max(0.0),
    }
}
