//! The goals that the hand-written pools, the recorder, the pocket interpreter, the event loop
//! and the green threads are held against.
//!
//! They are looked at, not enforced: whether a ratio is met depends on the machine too, so a goal
//! that is not met is something to understand, and never a failed run.

mod event_loop;
mod green;
mod processes;

use serde::{Deserialize, Serialize};
use threading_demo::solve::cores;

use crate::grid::Grid;
use crate::micro::Estimate;
use crate::noise;
use crate::report::numbers::{NOTHING, percent};

/// A goal, and the benchmarks that decide it.
struct Goal {
    what: &'static str,
    /// The benchmark that is held against the limit…
    of: &'static str,
    /// …as a ratio to this one; or else by itself, in nanoseconds.
    to: Option<&'static str>,
    limit: f64,
    /// The benchmark that is entered twice: its second is named `… again`.
    twice: &'static str,
    /// Without so many cores the goal means nothing.
    cores: usize,
}

const GOALS: [Goal; 13] = [
    Goal {
        what: "primes: pool / sequential",
        of: "primes/Pool::share",
        to: Some("primes/sequential"),
        limit: 0.53,
        twice: "primes/sequential",
        cores: 2,
    },
    Goal {
        what: "primes: pool / rayon",
        of: "primes/Pool::share",
        to: Some("primes/rayon par_iter"),
        limit: 1.03,
        twice: "primes/sequential",
        cores: 1,
    },
    Goal {
        what: "empty region, hot: pool / rayon",
        of: "empty region, hot/Pool::share",
        to: Some("empty region, hot/rayon install"),
        limit: 0.5,
        twice: "empty region, hot/Pool::share",
        cores: 1,
    },
    Goal {
        what: "empty region, cold: pool / rayon",
        of: "empty region, cold/Pool::share",
        to: Some("empty region, cold/rayon install"),
        limit: 0.5,
        twice: "empty region, cold/Pool::share",
        cores: 1,
    },
    Goal {
        what: "20,000 tiny tasks: pool / rayon",
        of: "20,000 tiny tasks/Pool::share",
        to: Some("20,000 tiny tasks/rayon par_iter"),
        limit: 1.1,
        twice: "20,000 tiny tasks/Pool::share",
        cores: 1,
    },
    Goal {
        what: "recording a span, ns",
        of: "recorder/a span",
        to: None,
        limit: 100.0,
        twice: "recorder/a span",
        cores: 1,
    },
    Goal {
        what: "dispatch: an instruction, ns",
        of: "dispatch/interval",
        to: None,
        limit: 3.0,
        twice: "dispatch/interval",
        cores: 1,
    },
    Goal {
        what: "dispatch: with / without the check",
        of: "dispatch/interval",
        to: Some("dispatch/interval, unasked"),
        limit: 1.02,
        twice: "dispatch/interval",
        cores: 1,
    },
    Goal {
        what: "reference counts: biased / plain",
        of: "a reference more and less/biased",
        to: Some("a reference more and less/plain"),
        limit: 1.15,
        twice: "a reference more and less/plain",
        cores: 1,
    },
    Goal {
        what: "objects.py, one thread: biased / plain",
        of: "objects, one thread/biased",
        to: Some("objects, one thread/plain"),
        limit: 1.15,
        twice: "objects, one thread/plain",
        cores: 1,
    },
    Goal {
        what: "fair lock: round trip beside a hog, ns",
        of: "round trip/fair, beside a hog",
        to: None,
        limit: 50_000.0,
        twice: "round trip/fair, beside a hog",
        cores: 2,
    },
    // The hog is to keep 0.9 of its speed.
    Goal {
        what: "fair lock: hog beside 1,000 requests a second / alone",
        of: "hog's turn/beside 1,000 requests a second",
        to: Some("hog's turn/alone"),
        limit: 1.11,
        twice: "hog's turn/alone",
        cores: 2,
    },
    Goal {
        what: "fair lock: hog beside as many as can be / alone",
        of: "hog's turn/beside as many requests as can be",
        to: Some("hog's turn/alone"),
        limit: 1.11,
        twice: "hog's turn/alone",
        cores: 2,
    },
];

/// What became of a goal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The goal.
    #[serde(rename = "goal")]
    pub what: String,
    /// At most this.
    pub limit: f64,
    /// What was measured; a ratio or nanoseconds.
    pub measured: Option<f64>,
    /// A/A: by which part the same code differs from itself.
    pub noise: Option<f64>,
    /// `met`, `not met`, `within A/A` (over the limit by no more than the noise), `not measured`,
    /// or `needs 2 cores`.
    pub verdict: String,
}

/// Holds the estimates against all goals.
#[must_use]
pub fn check(estimates: &[Estimate]) -> Vec<Outcome> {
    let goals =
        GOALS.iter().chain(&processes::GOALS).chain(&event_loop::GOALS).chain(&green::GOALS);
    goals.map(|goal| goal.check(estimates, cores())).collect()
}

impl Goal {
    fn check(&self, estimates: &[Estimate], cores: usize) -> Outcome {
        let median = |id: &str| Some(estimates.iter().find(|e| e.id == id)?.median_ns);
        let measured = median(self.of).and_then(|of| Some(of / self.to.map_or(Some(1.0), median)?));
        let noise = median(self.twice)
            .zip(median(&format!("{} again", self.twice)))
            .map(|(one, two)| noise::between(one, two));
        let verdict = match measured {
            _ if cores < self.cores => format!("needs {} cores", self.cores),
            None => "not measured".into(),
            Some(measured) if measured <= self.limit => "met".into(),
            Some(measured) if measured <= self.limit * (1.0 + noise.unwrap_or(0.0)) => {
                "within A/A".into()
            }
            Some(_) => "not met".into(),
        };
        Outcome { what: self.what.into(), limit: self.limit, measured, noise, verdict }
    }
}

/// Those whose benchmarks were run.
#[must_use]
pub fn measured(outcomes: &[Outcome]) -> Vec<Outcome> {
    outcomes.iter().filter(|outcome| outcome.measured.is_some()).cloned().collect()
}

/// The goals as a table.
#[must_use]
pub fn grid(outcomes: &[Outcome]) -> Grid {
    let mut grid = Grid::new(["goal", "limit", "measured", "A/A", "verdict"]);
    for Outcome { what, limit, measured, noise, verdict } in outcomes {
        let digits = if *limit < 10.0 { 2 } else { 0 };
        grid.row(vec![
            what.clone(),
            format!("≤ {limit:.digits$}"),
            measured.map_or(NOTHING.into(), |measured| format!("{measured:.digits$}")),
            noise.map_or(NOTHING.into(), percent),
            verdict.clone(),
        ]);
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_met_missed_or_within_what_the_same_code_differs_from_itself() {
        let estimate = |id: &str, median_ns| Estimate {
            id: id.into(),
            median_ns,
            low_ns: median_ns,
            high_ns: median_ns,
        };
        let verdict = |pool, again, cores| {
            let estimates = [
                estimate("primes/sequential", 100.0),
                estimate("primes/sequential again", again),
                estimate("primes/Pool::share", pool),
            ];
            GOALS[0].check(&estimates, cores).verdict
        };
        assert_eq!(verdict(52.0, 100.0, 2), "met");
        assert_eq!(verdict(55.0, 100.0, 2), "not met");
        assert_eq!(verdict(55.0, 90.0, 2), "within A/A");
        assert_eq!(verdict(52.0, 100.0, 1), "needs 2 cores");
        assert_eq!(GOALS[1].check(&[], 2).verdict, "not measured");
    }
}
