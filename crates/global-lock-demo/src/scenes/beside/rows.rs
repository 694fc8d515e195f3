//! The rows of the table: what is compared with which kind of interpreter.

use std::time::Duration;

use crate::python::Gil;

use super::answers::{Figure, Unit};
use super::trials::Trial;

/// How much each trial does.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// How long hogs take turns, in seconds.
    pub slices: f64,
    /// How many sleeps.
    pub sleeps: u32,
    /// How long a server is asked.
    pub asked: Duration,
    /// How far is counted down.
    pub countdown: u64,
    /// How often each thread adds.
    pub additions: u64,
    /// How many steps over lists.
    pub steps: u64,
}

impl Sizes {
    /// For a scene.
    pub const FULL: Sizes = Sizes {
        slices: 0.25,
        sleeps: 30,
        asked: Duration::from_millis(200),
        countdown: 1_000_000,
        additions: 100_000,
        steps: 200_000,
    };
    /// For a quick one.
    pub const QUICK: Sizes = Sizes {
        slices: 0.1,
        sleeps: 8,
        asked: Duration::from_millis(40),
        countdown: 400_000,
        additions: 50_000,
        steps: 50_000,
    };
}

/// A row: one figure of one trial.
pub struct Row {
    /// What it is.
    pub name: &'static str,
    /// Which trial it comes from.
    pub trial: usize,
    /// What is made of the answers.
    pub figure: Figure,
    /// In which unit.
    pub unit: Unit,
    /// What is claimed, if the figure is steady enough for a claim.
    pub wanted: Option<Wanted>,
}

/// What is claimed of the simulation and the interpreter.
#[derive(Debug, Clone, Copy)]
pub enum Wanted {
    /// They differ by no more than so many per cent.
    Within(f64),
    /// Both are at least this.
    BothAtLeast(f64),
    /// Both are less than this.
    BothBelow(f64),
}

impl Wanted {
    /// In words.
    #[must_use]
    pub fn claim(self, name: &str) -> String {
        match self {
            Wanted::Within(percent) => format!("{name}, within {percent} % of the simulation"),
            Wanted::BothAtLeast(least) => format!("{name}, at least {least} in both"),
            Wanted::BothBelow(bound) => format!("{name}, less than {bound} in both"),
        }
    }

    /// Whether it is so.
    #[must_use]
    pub fn holds(self, simulated: f64, real: f64) -> bool {
        match self {
            Wanted::Within(percent) => (simulated / real - 1.0).abs() <= percent / 100.0,
            Wanted::BothAtLeast(least) => simulated >= least && real >= least,
            Wanted::BothBelow(bound) => simulated < bound && real < bound,
        }
    }
}

/// The default of `sys.setswitchinterval`, in seconds.
const INTERVAL: f64 = 0.005;

/// The trials for an interpreter of this kind, and the rows that they make.
#[must_use]
pub fn rows(gil: Gil, sizes: Sizes) -> (Vec<Trial>, Vec<Row>) {
    let mut trials = Vec::new();
    let mut rows = Vec::new();
    let mut enter = |trial: Trial, made: &[(&'static str, Figure, Unit, Option<Wanted>)]| {
        for &(name, figure, unit, wanted) in made {
            rows.push(Row { name, trial: trials.len(), figure, unit, wanted });
        }
        trials.push(trial);
    };
    let (first, second) = (Figure::Number(0), Figure::Number(1));
    let median = Figure::Percentile(50.0);

    let slower = match gil {
        Gil::Legacy => Wanted::BothAtLeast(1.2),
        Gil::Interval => Wanted::BothAtLeast(0.85),
        Gil::Free => Wanted::BothBelow(0.7),
    };
    enter(
        Trial::slow_down(sizes.countdown),
        &[("countdown: time of 2 threads, of 1", first, Unit::Times, Some(slower))],
    );
    if gil == Gil::Interval {
        enter(
            Trial::slices(2, sizes.slices, INTERVAL),
            &[
                ("slices of 2 hogs, p50", median, Unit::Millis, Some(Wanted::Within(10.0))),
                ("slices of 2 hogs, p90", Figure::Percentile(90.0), Unit::Millis, None),
            ],
        );
    }
    let late = (gil == Gil::Interval).then_some(Wanted::Within(15.0));
    enter(
        Trial::overshoots(1, sizes.sleeps, INTERVAL),
        &[("sleep(1 ms) beside a hog: late, p50", median, Unit::Millis, late)],
    );
    enter(
        Trial::round_trips(sizes.asked, INTERVAL),
        &[("echo beside a hog: requests", Figure::Rate, Unit::PerSecond, None)],
    );
    enter(
        Trial::lost(sizes.additions),
        &[
            ("x += 1 by 4 threads: lost", first, Unit::Percent, None),
            ("x = x + one() by 4 threads: lost", second, Unit::Percent, None),
        ],
    );
    let (faster, not) = match gil {
        Gil::Free => (Some(Wanted::BothAtLeast(1.5)), Some(Wanted::BothBelow(1.1))),
        Gil::Legacy | Gil::Interval => (None, None),
    };
    enter(
        Trial::speed_up("private", sizes.steps),
        &[("a list each: speed-up by 2 threads", first, Unit::Times, faster)],
    );
    enter(
        Trial::speed_up("shared", sizes.steps),
        &[("one list: speed-up by 2 threads", first, Unit::Times, not)],
    );
    (trials, rows)
}

/// What is left out for an interpreter of this kind, and why.
#[must_use]
pub const fn skipped(gil: Gil) -> Option<&'static str> {
    match gil {
        Gil::Interval => None,
        Gil::Legacy => Some(
            "Left out: slices. This interpreter has no switch interval but gives its lock up every \
             100 ticks, some microseconds; slices.py takes only what is longer than 0.2 ms for the \
             end of a slice.",
        ),
        Gil::Free => Some(
            "Left out: slices. Without a lock nobody has a turn that could end, but for those that \
             the kernel gives.",
        ),
    }
}
