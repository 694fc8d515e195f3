//! What the simulation is to reproduce, how closely, and what real interpreters did elsewhere.

use std::time::Duration;

use crate::host::{Host, Simulated};
use crate::python::Gil;
use crate::scenes::beside::answers::{Figure, Unit, digits};
use crate::scenes::beside::trials::Trial;

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

/// One figure, and how it is to be.
pub struct Goal {
    /// Which: the words before the comma are what several goals have in common.
    pub name: &'static str,
    /// From which of the part's trials.
    pub trial: usize,
    /// What is made of the answers.
    pub figure: Figure,
    /// In which unit.
    pub unit: Unit,
    /// What was measured elsewhere, as far as it was: from, to.
    pub elsewhere: Option<(f64, f64)>,
    /// How it is to be.
    pub limit: Limit,
}

/// How closely a figure is to be met.
#[derive(Debug, Clone, Copy)]
pub enum Limit {
    /// As in the real interpreter, give or take so many per cent.
    Within(f64),
    /// At least the first and less than the second, whatever the real one does.
    Between(f64, f64),
}

impl Limit {
    /// In a table.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Limit::Within(percent) => format!("± {percent} %"),
            Limit::Between(least, bound) if bound == f64::INFINITY => {
                format!("≥ {}", digits(least))
            }
            Limit::Between(0.0, bound) => format!("< {}", digits(bound)),
            Limit::Between(least, bound) => format!("{}–{}", digits(least), digits(bound)),
        }
    }

    /// Whether the figure is met; nobody knows if there is none, or nothing to compare it with.
    #[must_use]
    pub fn met(self, simulated: Option<f64>, ratio: Option<f64>) -> Option<bool> {
        match self {
            Limit::Within(percent) => ratio.map(|ratio| (ratio - 1.0).abs() <= percent / 100.0),
            Limit::Between(least, bound) => simulated.map(|it| least <= it && it < bound),
        }
    }
}

impl Goal {
    /// What the real interpreter did: here, or else elsewhere.
    #[must_use]
    pub fn real(&self, here: Option<f64>) -> Option<(f64, f64)> {
        here.map(|here| (here, here)).or(self.elsewhere)
    }
}

/// The simulation's figure by the real one; by the nearest, where that is a range.
#[must_use]
pub fn ratio(simulated: Option<f64>, real: Option<(f64, f64)>) -> Option<f64> {
    let (simulated, (from, to)) = (simulated?, real?);
    Some(simulated / simulated.clamp(from, to))
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

    #[test]
    fn a_ratio_is_to_the_nearest_of_a_range() {
        let range = Some((6.0, 8.0));
        let ratios = [3.0, 6.0, 7.0, 16.0].map(|it| ratio(Some(it), range).unwrap());
        assert_eq!(ratios, [0.5, 1.0, 1.0, 2.0]);
        assert_eq!((ratio(None, range), ratio(Some(1.0), None)), (None, None));
    }

    #[test]
    fn limits_are_as_they_say() {
        for (limit, text, figure, ratio, met) in [
            (CLOSE, "± 3 %", 5.0, Some(1.02), Some(true)),
            (CLOSE, "± 3 %", 5.0, Some(0.96), Some(false)),
            (CLOSE, "± 3 %", 5.0, None, None),
            (TWICE, "≥ 1.80", 1.79, None, Some(false)),
            (TWICE, "≥ 1.80", 1.8, None, Some(true)),
            (Limit::Between(0.0, 1.0), "< 1.00", 0.5, Some(1.3), Some(true)),
            (Limit::Between(0.95, 1.08), "0.95–1.08", 1.1, Some(1.0), Some(false)),
        ] {
            assert_eq!((limit.text().as_str(), limit.met(Some(figure), ratio)), (text, met));
        }
        assert_eq!(TWICE.met(None, None), None);
    }

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
