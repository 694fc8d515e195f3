//! What is asked for the report, how closely the simulation is to meet it, and what real
//! interpreters did elsewhere.

use std::time::Duration;

use crate::host::{Host, Simulated};
use crate::python::Gil;
use crate::scenes::beside::answers::{Figure, Unit};
use crate::scenes::beside::trials::Trial;

use super::goals::{Goal, Limit};

/// What is asked of one strategy, and of one kind of interpreter.
pub struct Part {
    /// What stands above its table.
    pub title: &'static str,
    /// Who simulates it.
    pub simulated: Host,
    /// Which kind of interpreter it is to be like.
    pub gil: Gil,
    /// Whether such an interpreter can be asked the same.
    pub comparable: bool,
    /// What was asked elsewhere, for [`Goal::elsewhere`].
    pub source: &'static str,
    /// The trials.
    pub trials: Vec<Trial>,
    /// The goals.
    pub goals: Vec<Goal>,
}

/// How much is done in each round.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// All times and counts, by what they are multiplied.
    pub scale: f64,
}

impl Effort {
    fn of(self, full: f64) -> f64 {
        full * self.scale
    }
}

type Figures = &'static [(&'static str, Figure, Option<(f64, f64)>, Limit)];

impl Part {
    fn new(title: &'static str, strategy: Simulated, gil: Gil, source: &'static str) -> Part {
        let simulated = Host::Simulated(strategy);
        Part { title, simulated, gil, comparable: true, source, trials: vec![], goals: vec![] }
    }

    fn enter(mut self, trial: Trial, unit: Unit, figures: Figures) -> Part {
        for &(name, figure, elsewhere, limit) in figures {
            let trial = self.trials.len();
            self.goals.push(Goal { name, trial, figure, unit, elsewhere, limit });
        }
        self.trials.push(trial);
        self
    }
}

const P50: Figure = Figure::Percentile(50.0);
const P90: Figure = Figure::Percentile(90.0);
const P99: Figure = Figure::Percentile(99.0);
const FIRST: Figure = Figure::Number(0);
const CLOSE: Limit = Limit::Within(3.0);
const NEAR: Limit = Limit::Within(5.0);
const ABOUT: Limit = Limit::Within(15.0);
const TWICE: Limit = Limit::Between(1.8, f64::INFINITY);

/// The lock since 3.2.
#[must_use]
pub fn interval(effort: Effort) -> Part {
    let asked = |seconds| Duration::from_secs_f64(effort.of(seconds));
    let sleeps = |full| effort.of(full).ceil() as u32;
    Part::new("The lock since 3.2", Simulated::Interval, Gil::Interval, "CPython 3.11.7")
        .enter(
            Trial::slices(2, effort.of(1.0), 0.005),
            Unit::Millis,
            &[
                ("slices of 2 hogs, p50", P50, Some((5.09, 5.09)), CLOSE),
                ("slices of 2 hogs, p90", P90, Some((5.12, 5.12)), ABOUT),
                ("slices of 2 hogs, p99", P99, None, ABOUT),
            ],
        )
        .enter(
            Trial::slices(4, effort.of(2.0), 0.005),
            Unit::Millis,
            &[
                ("slices of 4 hogs, p50", P50, Some((5.09, 5.09)), CLOSE),
                ("slices of 4 hogs, p90", P90, Some((6.4, 6.9)), ABOUT),
                ("slices of 4 hogs, p99", P99, Some((8.1, 8.7)), ABOUT),
            ],
        )
        .enter(
            Trial::overshoots(1, sleeps(100.0), 0.0005),
            Unit::Millis,
            &[("late sleeper, p50 at 0.5 ms", P50, Some((0.66, 0.66)), NEAR)],
        )
        .enter(
            Trial::overshoots(1, sleeps(60.0), 0.005),
            Unit::Millis,
            &[("late sleeper, p50 at 5 ms", P50, Some((5.2, 5.2)), NEAR)],
        )
        .enter(
            Trial::overshoots(1, sleeps(20.0), 0.05),
            Unit::Millis,
            &[("late sleeper, p50 at 50 ms", P50, None, NEAR)],
        )
        .enter(
            Trial::round_trips(asked(0.5), 0.0005),
            Unit::PerSecond,
            &[("echo, at 0.5 ms", Figure::Rate, Some((1710.0, 1820.0)), ABOUT)],
        )
        .enter(
            Trial::round_trips(asked(0.5), 0.005),
            Unit::PerSecond,
            &[("echo, at 5 ms", Figure::Rate, Some((196.0, 237.0)), ABOUT)],
        )
        .enter(
            Trial::round_trips(asked(1.5), 0.05),
            Unit::PerSecond,
            &[("echo, at 50 ms", Figure::Rate, Some((12.0, 13.0)), ABOUT)],
        )
        .enter(
            Trial::slow_down(effort.of(4e6) as u64),
            Unit::Times,
            &[("time of 2 threads, of 1", FIRST, Some((1.0, 1.0)), Limit::Between(0.95, 1.08))],
        )
}

/// The lock of up to 3.1.
#[must_use]
pub fn legacy(effort: Effort) -> Part {
    Part::new("The lock of up to 3.1", Simulated::Legacy, Gil::Legacy, "CPython 2.7.18").enter(
        Trial::slow_down(effort.of(4e6) as u64),
        Unit::Times,
        &[("time of 2 threads, of 1", FIRST, Some((1.8, 1.8)), Limit::Between(1.6, 2.2))],
    )
}

/// A lock for each of two interpreters in one process. The programs can't ask CPython for that.
#[must_use]
pub fn isolated(effort: Effort) -> Part {
    let part =
        Part::new("One lock an interpreter", Simulated::Interval, Gil::Interval, "CPython 3.13.5");
    Part { comparable: false, ..part }.enter(
        Trial::isolated_speed_up(effort.of(1e6) as u64),
        Unit::Times,
        &[("two interpreters, speed-up", FIRST, Some((1.7, 2.0)), TWICE)],
    )
}

/// No lock for the whole.
#[must_use]
pub fn free_threaded(effort: Effort) -> Part {
    let steps = effort.of(1e6) as u64;
    Part::new(
        "No lock, biased counts",
        Simulated::FreeThreaded,
        Gil::Free,
        "CPython 3.13.5 free-threaded",
    )
    .enter(
        Trial::speed_up("private", steps),
        Unit::Times,
        &[("a list each, speed-up", FIRST, Some((1.9, 2.0)), TWICE)],
    )
    .enter(
        Trial::speed_up("shared", steps),
        Unit::Times,
        &[("one list, speed-up", FIRST, Some((0.43, 0.69)), Limit::Between(0.0, 1.0))],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What no goal asks for is not measured, and what is asked for is.
    #[test]
    fn every_goal_has_its_trial_and_every_trial_its_goal() {
        let effort = Effort { scale: 1.0 };
        for part in [interval(effort), legacy(effort), isolated(effort), free_threaded(effort)] {
            let mut asked: Vec<_> = part.goals.iter().map(|goal| goal.trial).collect();
            asked.dedup();
            assert!(asked.into_iter().eq(0..part.trials.len()), "{}", part.title);
        }
    }
}
