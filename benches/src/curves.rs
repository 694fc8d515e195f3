//! How an approach gets faster with more workers: threads or processes that compute, up to more than
//! there are cores; requests in flight.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use threading_demo::solve::cores;

use crate::contestant::Contestant;
use crate::interrupt::Interrupt;
use crate::matrix::Plan;
use crate::noise;
use crate::problem::{Problem, Size};
use crate::process::Trouble;
use crate::progress::Progress;
use crate::record::{Curve, Figure, Point};
use crate::runner::Runner;
use crate::sanity;

/// The lines, in reading order.
const LINES: [(Problem, &str); 6] = [
    (Problem::Primes, "threads"),
    (Problem::Primes, "pool"),
    (Problem::Primes, "processes"),
    (Problem::Fetch, "threads"),
    (Problem::Fetch, "event loop"),
    (Problem::Fetch, "green threads"),
];

/// How many rounds there are at most; one at least.
const ROUNDS: usize = 5;

/// How long all rounds take, about: after so long no other one begins.
#[must_use]
pub fn budget(quick: bool) -> Duration {
    Duration::from_secs(if quick { 4 } else { 75 })
}

/// What there is more and more of.
#[must_use]
pub fn over(problem: &str) -> &'static str {
    if problem == Problem::Fetch.name() { "requests in flight" } else { "workers" }
}

/// The speed-up that so many promise: who computes needs a core for it, who waits doesn't.
#[must_use]
pub fn ideal(problem: &str, workers: u64, cores: u64) -> u64 {
    if problem == Problem::Fetch.name() { workers } else { workers.min(cores) }
}

/// The workers of a line: first one, whose time all others are held against.
fn workers(problem: Problem, quick: bool) -> Vec<usize> {
    let (most, factor) = match problem {
        Problem::Fetch => (Size::of(quick).requests as usize, 4),
        // Beyond the cores, to show that there it ends.
        _ => (4 * cores(), 2),
    };
    std::iter::successors(Some(1), |workers| Some(workers * factor))
        .take_while(|workers| *workers <= most)
        .collect()
}

/// A line, and what has come of it so far.
struct Line {
    problem: Problem,
    contestant: &'static Contestant,
    /// The speed-ups of each number of workers.
    points: BTreeMap<usize, Vec<f64>>,
    trouble: Option<Trouble>,
}

/// Measures the curves, until it is done or interrupted: round by round, and each round all of
/// them. Call this on the main thread (see [`Child::start`](crate::process::Child::start)).
#[must_use]
pub fn measure(plan: &Plan, interrupt: &Interrupt, progress: &mut Progress) -> Vec<Curve> {
    let lines = LINES.iter().filter_map(|&(problem, name)| {
        let (contestant, points) = (Contestant::named(name)?, BTreeMap::new());
        Some(Line { problem, contestant, points, trouble: None })
    });
    let mut lines: Vec<_> = lines.collect();
    let steps = lines.iter().flat_map(|line| {
        let name =
            |workers| format!("{} {} × {}", workers, line.contestant.name, line.problem.name());
        workers(line.problem, plan.quick).into_iter().map(name)
    });
    let steps: Vec<_> = steps.collect();
    let least = steps.len();
    progress.part_within(vec![steps; ROUNDS].concat(), least, budget(plan.quick));
    let mut runner = Runner::new(plan, interrupt);
    let begun = Instant::now();
    for round in 0..ROUNDS {
        // The next one takes about as long as those before.
        let usual = begun.elapsed() / (round as u32).max(1);
        if interrupt.has_come() || begun.elapsed() + usual > budget(plan.quick) {
            break;
        }
        for line in &mut lines {
            if line.trouble.is_none() {
                line.trouble = line.measure(&mut runner, plan.quick, progress).err();
            }
        }
    }
    progress.step();
    lines.into_iter().map(Line::curve).collect()
}

impl Line {
    /// One round.
    fn measure(
        &mut self,
        runner: &mut Runner<'_>,
        quick: bool,
        progress: &mut Progress,
    ) -> Result<(), Trouble> {
        let mut alone = None;
        for workers in workers(self.problem, quick) {
            progress.step();
            let sample = runner.run(self.problem, self.contestant, Some(workers))?;
            let figure = |name: &str| sample.get(name).copied();
            if let Some(seen) = figure("in_flight").filter(|seen| *seen > workers as f64) {
                let why = format!("{seen} requests in flight, where {workers} were asked for");
                return Err(Trouble::Impossible(why));
            }
            let wall =
                figure("wall_ms").ok_or_else(|| Trouble::Failed("it told no time".into()))?;
            let speed_up = *alone.get_or_insert(wall) / wall;
            self.points.entry(workers).or_default().push(speed_up);
        }
        Ok(())
    }

    fn curve(self) -> Curve {
        let points = self.points.into_iter().filter_map(|(workers, runs)| {
            Some(Point { workers: workers as u64, speed_up: Figure::of(runs)? })
        });
        let points = Vec::from_iter(points);
        let impossible = why_impossible(self.problem, &points, cores() as u64);
        let trouble = self.trouble.filter(|trouble| *trouble != Trouble::Interrupted);
        let trouble = trouble.or(impossible.map(Trouble::Impossible));
        Curve {
            problem: self.problem.name().into(),
            approach: self.contestant.name.into(),
            points,
            status: trouble.as_ref().map_or("done", Trouble::name).into(),
            why: trouble.as_ref().map(Trouble::why),
        }
    }
}

/// A speed-up beyond what its workers and the cores can give, and beyond the noise. Of few runs nothing
/// is said: a core that was slow when one worker had it makes all others of that round too fast.
fn why_impossible(problem: Problem, points: &[Point], cores: u64) -> Option<String> {
    let enough = |point: &&Point| point.speed_up.runs.len() >= sanity::FEWEST;
    points.iter().filter(enough).find_map(|Point { workers, speed_up }| {
        let ideal = ideal(problem.name(), *workers, cores);
        let noise = noise::greatest([noise::spread(speed_up)]);
        (speed_up.median > ideal as f64 * (1.0 + noise)).then(|| {
            format!(
                "{:.2} times as fast with {workers} {}, where {ideal} times is the most and the noise \
                 is {:.0} %",
                speed_up.median,
                over(problem.name()),
                noise * 100.0
            )
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_workers_are_worth_more_than_there_are_and_than_cores() {
        let of = |problem, workers, runs| {
            let speed_up = Figure::of(runs).unwrap();
            why_impossible(problem, &[Point { workers, speed_up }], 2)
        };
        let why = |problem, workers, times: f64| {
            of(problem, workers, vec![times * 0.99, times, times * 1.01])
        };
        assert_eq!(why(Problem::Primes, 8, 2.05), None, "within the noise");
        assert!(
            why(Problem::Primes, 8, 2.2).is_some_and(|why| why.contains("2 times is the most"))
        );
        assert!(why(Problem::Primes, 1, 1.5).is_some());
        assert_eq!(why(Problem::Fetch, 8, 7.9), None);
        assert!(why(Problem::Fetch, 8, 9.0).is_some());
        assert_eq!(of(Problem::Primes, 8, vec![3.5, 3.5]), None, "too few");
    }
}
