//! What the figures of the trials come to: an approach's costs on this machine.

use std::collections::BTreeMap;

use super::calibration::Costs;
use super::kind::{
    COMPUTE, COMPUTE_MS, CROWD, CROWD_MS, CRUMBS, CRUMBS_MS, FLOOD, Kind, LATE_MS, LOCKED,
    LOCKED_MS, TURNS, TURNS_MS, crowds,
};
use super::middle;
use super::simulate::{self, Setting};
use crate::Sample;
use crate::contestant::Contestant;

/// How many tasks an approach begins at once if it begins all that there are: each has a socket, and
/// each chapter stops here.
pub const MANY: f64 = 10_000.0;

/// The runs of each trial.
pub type Runs = BTreeMap<(&'static str, Kind), Vec<Run>>;

/// One run.
pub struct Run {
    /// In which round of all.
    pub round: usize,
    /// Its figures.
    pub sample: Sample,
}

fn tried<'a>(runs: &'a Runs, name: &'static str, kind: Kind) -> Option<&'a Sample> {
    middle::run(runs.get(&(name, kind))?.iter().map(|run| &run.sample))
}

fn wall(runs: &Runs, name: &'static str, kind: Kind) -> f64 {
    tried(runs, name, kind).map_or(0.0, |sample| sample["wall_ms"])
}

/// How many times as fast as one core it computes: from how long it takes, so that cores that idle
/// count, and a task that comes last.
fn speed(runs: &Runs, one: &Contestant, unit: f64, cores: usize) -> f64 {
    let tasks = (COMPUTE * cores as u64) as f64;
    let computing =
        wall(runs, one.name, Kind::Compute) - wall(runs, one.name, Kind::One) - tasks * unit;
    let most = if one.one_core { 1 } else { cores } as f64;
    (tasks * COMPUTE_MS / computing.max(1e-3)).clamp(0.1, most)
}

/// What it costs each time that threads hand a lock on.
#[must_use]
pub fn hand_over(runs: &Runs, threads: &Costs) -> f64 {
    let all = wall(runs, "threads", Kind::Locked) - wall(runs, "threads", Kind::One);
    let unit = threads.ask_ms + threads.answer_ms + threads.beside_ms;
    (all / LOCKED as f64 - LOCKED_MS - unit).max(0.0)
}

/// What the figures come to.
#[must_use]
pub fn costs(runs: &Runs, one: &Contestant, cores: usize) -> Costs {
    let wall = |kind| wall(runs, one.name, kind);
    let figure = |kind, figure: &str| tried(runs, one.name, kind).map(|sample| sample[figure]);
    let start_ms = wall(Kind::One);
    let in_flight = figure(Kind::Flood, "promised_in_flight").unwrap_or(1.0);
    let crowds = crowds(in_flight as u64);
    let unit = ((wall(Kind::Flood) - start_ms) / (FLOOD - 1) as f64).max(1e-4);
    // While a crowd waits, asking goes on beside it, and so does answering: what is left is the
    // longer of the two, and here that is asking, to which the start of the task belongs.
    let rest = (wall(Kind::Crowd) - start_ms - CROWD_MS as f64) / CROWD as f64;
    let ask_ms = if crowds { rest.clamp(unit / 2.0, unit) } else { unit / 2.0 };
    let base_mib = figure(Kind::One, "peak_memory_mib").unwrap_or(0.0);
    let (full, at_once) =
        if crowds { (Kind::Crowd, CROWD as f64) } else { (Kind::Flood, in_flight) };
    let full = figure(full, "peak_memory_mib").unwrap_or(base_mib);
    let speed = speed(runs, one, unit, cores);
    let crumb = (wall(Kind::Crumbs) - start_ms) / CRUMBS as f64;
    let costs = Costs {
        start_ms,
        ask_ms,
        answer_ms: unit - ask_ms,
        block_ms: 0.0,
        beside_ms: (crumb - unit - CRUMBS_MS / speed).max(0.0),
        late_ms: (wall(Kind::Late) - start_ms - LATE_MS as f64).max(0.0),
        speed,
        in_flight: if crowds { MANY } else { in_flight },
        base_mib,
        waiting_mib: ((full - base_mib) / at_once).max(0.0),
    };
    match crowds {
        true => costs,
        false => Costs { block_ms: block(&costs, wall(Kind::Turns), one, cores), ..costs },
    }
}

/// What it costs that a task blocks its thread, in milliseconds a task as in [`Costs`]: with so much
/// the model gets right how long the turns took. It can't be measured alone, because some of it goes
/// on while others wait.
fn block(costs: &Costs, measured: f64, one: &Contestant, cores: usize) -> f64 {
    let cores = if one.one_core { 1 } else { cores };
    let slots = costs.in_flight as u64;
    let taken = |block: f64| {
        let setting = Setting {
            tasks: TURNS * slots,
            slots,
            cores: slots.min(cores as u64),
            ask: costs.ask_ms * cores as f64,
            wait: TURNS_MS as f64 + costs.late_ms,
            compute: (costs.answer_ms + block) * cores as f64,
            slice: f64::INFINITY,
        };
        costs.start_ms + simulate::play(&setting).last
    };
    let (mut least, mut most) = (0.0, measured / TURNS as f64);
    for _ in 0..30 {
        let middle = f64::midpoint(least, most);
        if taken(middle) < measured { least = middle } else { most = middle }
    }
    least
}

/// Believes of nobody more luck than the middle of all has. The approach with the least figures is
/// recommended, and where figures are as good as equal, those are least that were measured too low.
/// In how many times as fast it computes on as many cores, and in what computing costs beside, one
/// approach can hardly be better than the others; it can be worse.
pub fn temper(all: &mut BTreeMap<String, Costs>) {
    let one_core = |name: &str| Contestant::named(name).is_some_and(|one| one.one_core);
    for alone in [true, false] {
        let those = || all.iter().filter(|(name, _)| one_core(name) == alone).map(|(_, one)| one);
        let speed = middle::figure(those().map(|one| one.speed));
        let beside_ms = middle::figure(those().map(|one| one.beside_ms));
        let (Some(speed), Some(beside_ms)) = (speed, beside_ms) else { continue };
        for (_, one) in all.iter_mut().filter(|(name, _)| one_core(name) == alone) {
            one.speed = one.speed.min(speed);
            one.beside_ms = one.beside_ms.max(beside_ms);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::calibration::tests::easy;
    use super::*;

    #[test]
    fn what_blocking_costs_is_found_again() {
        let costs = Costs { ask_ms: 0.02, answer_ms: 0.02, ..easy(2).approaches["pool"] };
        let pool = Contestant::named("pool").unwrap();
        // Eight turns of 64 tasks on two cores, so far from idle that the cores decide.
        let taken = |block: f64| 8.0 * 64.0 * (0.04 + block) + TURNS_MS as f64;
        for block_ms in [0.1, 0.5] {
            let found = block(&costs, taken(block_ms), pool, 2);
            assert!((found / block_ms - 1.0).abs() < 0.1, "{found} for {block_ms}");
        }
        assert!(block(&costs, 1.0, pool, 2) < 1e-6, "nothing, if it was faster than can be");
    }

    #[test]
    fn nobody_is_believed_luckier_than_the_middle_of_those_on_as_many_cores() {
        let mut all = easy(2).approaches;
        let set = |all: &mut BTreeMap<String, Costs>, name: &str, speed, beside_ms| {
            let one = all.get_mut(name).unwrap();
            (one.speed, one.beside_ms) = (speed, beside_ms);
        };
        for one in all.values_mut() {
            (one.speed, one.beside_ms) = (one.speed * 0.95, 0.02);
        }
        set(&mut all, "async-std", 2.0, 0.0);
        set(&mut all, "threads", 1.7, 0.1);
        set(&mut all, "tokio", 0.9, 0.02);
        temper(&mut all);
        let of = |name: &str| (all[name].speed, all[name].beside_ms);
        assert_eq!(of("async-std"), (1.9, 0.02), "as the middle");
        assert_eq!(of("threads"), (1.7, 0.1), "worse, and stays so");
        assert_eq!((of("tokio"), of("smol")), ((0.9, 0.02), (0.95, 0.02)));
    }
}
