//! How an approach gets faster with more workers: threads or processes that compute, up to more than
//! there are cores; requests in flight.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use threading_demo::solve::cores;

use crate::contestant::Contestant;
use crate::interrupt::Interrupt;
use crate::matrix::{Plan, Runner};
use crate::problem::{Problem, Size};
use crate::process::Trouble;
use crate::progress::Progress;
use crate::record::{Curve, Figure, Point};

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
    Duration::from_secs(if quick { 4 } else { 40 })
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
    progress.part(vec![steps; ROUNDS].concat());
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
        let trouble = self.trouble.filter(|trouble| *trouble != Trouble::Interrupted);
        let points = self.points.into_iter().filter_map(|(workers, runs)| {
            Some(Point { workers: workers as u64, speed_up: Figure::of(runs)? })
        });
        Curve {
            problem: self.problem.name().into(),
            approach: self.contestant.name.into(),
            points: points.collect(),
            status: trouble.as_ref().map_or("done", Trouble::name).into(),
            why: trouble.as_ref().map(Trouble::why),
        }
    }
}
