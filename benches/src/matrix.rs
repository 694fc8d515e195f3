//! The matrix: every approach on every problem, round by round.
//!
//! Rounds go over the whole matrix, and each begins with another contestant: what changes on the
//! machine meanwhile, changes for all. In the time that is then left there are more rounds of what
//! takes little.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::Sample;
use crate::contestant::{Choice, Contestant, Solver};
use crate::interrupt::Interrupt;
use crate::problem::Problem;
use crate::process::Trouble;
use crate::progress::Progress;
use crate::record::Figure;
use crate::runner::Runner;

/// How often each cell may be run.
pub const REPEAT: RangeInclusive<u64> = 1..=1_000;

/// Fewer rounds have no median, and no spread to judge it by.
pub const LEAST: usize = 3;

/// What is to be run.
pub struct Plan {
    /// Which rows and columns.
    pub choice: Choice,
    /// How many rounds, at most.
    pub repeat: usize,
    /// In how many of them the programs in Python take part.
    pub repeat_python: usize,
    /// In how many of them the servers run too, which take as long as all else together.
    pub serving: usize,
    /// For how long a server's latency is measured: alone, and again beside an expensive request.
    pub latency_for: Duration,
    /// After [`LEAST`] rounds there are only those that end within so long.
    pub budget: Duration,
    /// Whether small problems will do.
    pub quick: bool,
    /// For `files`: a directory other than the default.
    pub path: Option<PathBuf>,
    /// For how long a cell may run before it is killed.
    pub deadline: Duration,
    /// What a reader should know of what is run, and of what isn't.
    pub notes: Vec<String>,
}

/// A cell, and what came of its runs.
pub struct Cell {
    /// Its column.
    pub problem: Problem,
    /// Its row.
    pub contestant: &'static Contestant,
    /// The runs whose answer was right.
    pub samples: Vec<Sample>,
    /// What was wrong with the last run; there are none after it.
    pub trouble: Option<Trouble>,
}

impl Cell {
    /// The figure of this name, if it was measured.
    #[must_use]
    pub fn figure(&self, name: &str) -> Option<Figure> {
        Figure::of(self.samples.iter().filter_map(|run| run.get(name).copied()).collect())
    }

    /// The median of a figure that can be relied on: none if there was any trouble.
    #[must_use]
    pub fn median(&self, name: &str) -> Option<f64> {
        self.figure(name).filter(|_| self.trouble.is_none()).map(|figure| figure.median)
    }
}

/// Runs the plan until it is done or interrupted. Call this on the main thread (see
/// [`Child::start`](crate::process::Child::start)). What goes wrong in a cell is in the cell.
#[must_use]
pub fn run(plan: &Plan, interrupt: &Interrupt, progress: &mut Progress) -> Vec<Cell> {
    let Choice { contestants, problems } = &plan.choice;
    let mut cells = Vec::new();
    for &problem in problems {
        for &contestant in contestants {
            cells.push(Cell { problem, contestant, samples: Vec::new(), trouble: None });
        }
    }
    let mut runner = Runner::new(plan, interrupt);
    let begun = Instant::now();
    // How long each cell took in its last round.
    let mut took = vec![Duration::ZERO; cells.len()];
    let all: Vec<_> = (0..plan.repeat).flat_map(|round| plan.round(round)).collect();
    let (least, more) = all.split_at(all.iter().take_while(|turn| turn.round < LEAST).count());
    progress.part_within(plan.names(&all), plan.names(least).len(), plan.budget);
    let mut run = |turn: &Turn, took: &mut [Duration], progress: &mut Progress| {
        for &number in &turn.cells {
            if interrupt.has_come() {
                return;
            }
            progress.step();
            let cell = &mut cells[number];
            if cell.trouble.is_some() {
                continue;
            }
            let started = Instant::now();
            // Who is in trouble is not run again, and takes nothing then.
            took[number] = Duration::ZERO;
            match runner.run(cell.problem, cell.contestant, None) {
                Ok(sample) => {
                    cell.samples.push(sample);
                    took[number] = started.elapsed();
                }
                Err(Trouble::Interrupted) => return,
                Err(trouble) => cell.trouble = Some(trouble),
            }
        }
    };
    least.iter().for_each(|turn| run(turn, &mut took, progress));
    let more = that_fit(more, &took, plan.budget.saturating_sub(begun.elapsed()));
    progress.steps_to_come(plan.names(&more));
    for turn in more {
        // The machine may have become slower since.
        if begun.elapsed() + turn.takes(&took) > plan.budget {
            break;
        }
        run(&turn, &mut took, progress);
    }
    progress.step();
    cells
}

/// A problem in one language and one round: the cells that are run then, in this order. They are
/// compared with each other, and with no others.
#[derive(Clone)]
struct Turn {
    round: usize,
    cells: Vec<usize>,
}

impl Turn {
    /// How long it takes if each of its cells takes what it took last.
    fn takes(&self, took: &[Duration]) -> Duration {
        self.cells.iter().map(|cell| took[*cell]).sum()
    }
}

impl Plan {
    /// What is run in a round; each time another contestant begins.
    fn round(&self, round: usize) -> Vec<Turn> {
        let Choice { contestants, problems } = &self.choice;
        let mut turns = Vec::new();
        let mut first = 0;
        for problem in problems {
            for language in contestants.chunk_by(|one, next| one.baseline == next.baseline) {
                if round < self.rounds(*problem, language[0]) {
                    let mut cells = Vec::from_iter(first..first + language.len());
                    cells.rotate_left(round % language.len());
                    turns.push(Turn { round, cells });
                }
                first += language.len();
            }
        }
        turns
    }

    /// In how many rounds a cell is run, at most.
    fn rounds(&self, problem: Problem, contestant: &Contestant) -> usize {
        match (problem, contestant.solver) {
            (Problem::Serve, _) => self.serving.min(self.repeat),
            (_, Solver::Rust(_)) => self.repeat,
            (_, Solver::Python(..)) => self.repeat_python,
        }
    }

    /// The cells of these turns, for who waits for them.
    fn names(&self, turns: &[Turn]) -> Vec<String> {
        let Choice { contestants, problems } = &self.choice;
        let name = |&cell: &usize| {
            let (column, row) = (cell / contestants.len(), cell % contestants.len());
            format!("{} × {}", contestants[row].name, problems[column].name())
        };
        turns.iter().flat_map(|turn| &turn.cells).map(name).collect()
    }
}

/// The turns that fit into the time that is left, if each takes what its cells took before; those come
/// in with which a problem has had least in all. What is short is what a disturbance changes most, and
/// another round of it costs least. They are still run round by round.
fn that_fit(turns: &[Turn], took: &[Duration], mut left: Duration) -> Vec<Turn> {
    let mut turns = turns.to_vec();
    turns.sort_by_key(|turn| turn.takes(took) * (turn.round + 1) as u32);
    turns.retain(|turn| match left.checked_sub(turn.takes(took)) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    });
    turns.sort_by_key(|turn| turn.round);
    turns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_goes_to_the_short_and_is_run_round_by_round() {
        let turns = |round| [vec![0, 1], vec![2], vec![3]].map(|cells| Turn { round, cells });
        let turns = [turns(3), turns(4)].concat();
        let took = [5, 5, 1, 4].map(Duration::from_secs);
        let fit = |seconds| {
            let fit = that_fit(&turns, &took, Duration::from_secs(seconds));
            fit.iter().map(|turn| (turn.round, turn.cells[0])).collect::<Vec<_>>()
        };
        assert_eq!(fit(0), []);
        assert_eq!(fit(6), [(3, 2), (3, 3), (4, 2)]);
        assert_eq!(fit(14), [(3, 2), (3, 3), (4, 2), (4, 3)]);
        assert_eq!(fit(20), [(3, 2), (3, 3), (3, 0), (4, 2), (4, 3)]);
    }
}
