//! The matrix: every approach on every problem, round by round.
//!
//! Rounds go over the whole matrix, and each begins with another contestant: what changes on the
//! machine meanwhile, changes for all.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use crate::Sample;
use crate::contestant::{Choice, Contestant, Solver};
use crate::interrupt::Interrupt;
use crate::problem::Problem;
use crate::process::Trouble;
use crate::progress::Progress;
use crate::record::Figure;
use crate::rounds::{Rounds, Turn};
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
    let turns = (0..plan.repeat).flat_map(|round| plan.round(round)).collect();
    let rounds = Rounds { turns, least: LEAST, budget: plan.budget };
    let name = |number: usize| {
        let (column, row) = (number / contestants.len(), number % contestants.len());
        format!("{} × {}", contestants[row].name, problems[column].name())
    };
    rounds.run(name, interrupt, progress, |number| {
        let cell: &mut Cell = &mut cells[number];
        if cell.trouble.is_some() {
            return false;
        }
        match runner.run(cell.problem, cell.contestant, None) {
            Ok(sample) => cell.samples.push(sample),
            Err(Trouble::Interrupted) => {}
            Err(trouble) => cell.trouble = Some(trouble),
        }
        cell.trouble.is_none()
    });
    cells
}

impl Plan {
    /// What is run in a round, each problem in each language by itself; each time another contestant
    /// begins.
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
}
