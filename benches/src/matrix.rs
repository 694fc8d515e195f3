//! The matrix: every approach on every problem, round by round.
//!
//! Rounds go over the whole matrix, and each begins with another contestant: what changes on the
//! machine meanwhile, changes for all.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::process::{Command, Stdio, id};
use std::time::{Duration, Instant};

use serde_json::Value;
use threading_demo::solve::Threads;
use workloads::{Approach, Service};

use crate::contestant::{Choice, Contestant, Solver};
use crate::interrupt::Interrupt;
use crate::problem::{Problem, Size};
use crate::process::{self, Child, Trouble};
use crate::progress::Progress;
use crate::record::Figure;
use crate::{Result, Sample, serving};

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
    /// No round begins that would end after so long; but [`LEAST`] there are in any case.
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
/// [`Child::start`]). What goes wrong in a cell is in the cell.
#[must_use]
pub fn run(plan: &Plan, interrupt: &Interrupt, progress: &mut Progress) -> Vec<Cell> {
    let Choice { contestants, problems } = &plan.choice;
    let mut cells = Vec::new();
    for &problem in problems {
        for &contestant in contestants {
            cells.push(Cell { problem, contestant, samples: Vec::new(), trouble: None });
        }
    }
    let turn = |step: usize| {
        let (round, cell) = (step / cells.len(), step % cells.len());
        let column = cell - cell % contestants.len();
        column + (cell + round) % contestants.len()
    };
    let rounds = |cell: &Cell| match (cell.problem, cell.contestant.solver) {
        (Problem::Serve, _) => plan.serving.min(plan.repeat),
        (_, Solver::Rust(_)) => plan.repeat,
        (_, Solver::Python(..)) => plan.repeat_python,
    };
    let steps = 0..plan.repeat * cells.len();
    let order = steps.map(|step| (step / cells.len(), turn(step)));
    let order: Vec<_> = order.filter(|(round, cell)| *round < rounds(&cells[*cell])).collect();
    let label = |&(_, cell): &(usize, usize)| {
        format!("{} × {}", cells[cell].contestant.name, cells[cell].problem.name())
    };
    progress.part(order.iter().map(label).collect());
    let mut runner = Runner::new(plan, interrupt);
    let begun = Instant::now();
    let mut last = 0;
    // How long each cell took in its last round.
    let mut took = vec![Duration::ZERO; cells.len()];
    for (round, number) in order {
        if round > last && round >= LEAST {
            // Not all cells are run in all rounds: what comes takes as long as its own cells did.
            let comes = cells.iter().zip(&took).filter(|(cell, _)| round < rounds(cell));
            let takes: Duration = comes.map(|(_, took)| *took).sum();
            if begun.elapsed() + takes > plan.budget {
                break;
            }
        }
        last = round;
        if interrupt.has_come() {
            break;
        }
        progress.step();
        let cell = &mut cells[number];
        if cell.trouble.is_some() {
            continue;
        }
        let started = Instant::now();
        match runner.run(cell.problem, cell.contestant, None) {
            Ok(sample) => cell.samples.push(sample),
            Err(Trouble::Interrupted) => break,
            Err(trouble) => cell.trouble = Some(trouble),
        }
        took[number] = started.elapsed();
    }
    progress.step();
    cells
}

/// Who starts cells, and has the service that they ask.
pub(crate) struct Runner<'a> {
    plan: &'a Plan,
    interrupt: &'a Interrupt,
    /// In this process, so that its processor time is nobody's.
    service: Option<Service>,
}

impl<'a> Runner<'a> {
    /// For the cells of this plan.
    pub(crate) fn new(plan: &'a Plan, interrupt: &'a Interrupt) -> Runner<'a> {
        Runner { plan, interrupt, service: None }
    }

    /// Runs a cell once, with so many workers if that is said.
    pub(crate) fn run(
        &mut self,
        problem: Problem,
        contestant: &Contestant,
        workers: Option<usize>,
    ) -> Result<Sample, Trouble> {
        let failed = |why: &dyn ToString| Trouble::Failed(why.to_string());
        let mut command = self.command(problem, contestant).map_err(|why| failed(&why))?;
        if let Some(workers) = workers {
            command.args(["--workers", &workers.to_string()]);
        }
        if problem.asks() {
            let address = self.service().map_err(|why| failed(&why))?.address();
            command.arg("--service").arg(address.to_string());
        }
        let child = Child::start(&mut command, Some(self.plan.deadline), self.interrupt);
        let mut child = child.map_err(|why| failed(&why))?;
        let told = self.listen(&mut child, contestant);
        // How it ended tells more than that it fell silent.
        let outcome = child.end().and(told);
        match (&mut self.service, outcome) {
            (Some(service), Ok(mut sample)) if problem.asks() => {
                let log = service.log().map_err(|why| failed(&why))?;
                sample.insert("in_flight".into(), log.most_at_once as f64);
                Ok(sample)
            }
            (_, Ok(sample)) => Ok(sample),
            (service, Err(trouble)) => {
                // It may still hold the requests of who was killed: the next gets a fresh one.
                *service = None;
                Err(trouble)
            }
        }
    }

    fn command(&self, problem: Problem, contestant: &Contestant) -> Result<Command> {
        let mut command = process::ourselves()?;
        command.arg("cell").args(["--parent", &id().to_string()]);
        match contestant.solver {
            Solver::Rust(_) => command.args(["--approach", contestant.name]),
            Solver::Python(interpreter, program) => {
                command.args(["--approach", program, "--python"]).arg(interpreter)
            }
        };
        command.args(["--problem", problem.name()]);
        command.args(self.plan.quick.then_some("--quick"));
        if let Some(path) = &self.plan.path {
            command.arg("--path").arg(path);
        }
        command.stderr(Stdio::piped());
        Ok(command)
    }

    /// The slow service, warm and with an empty log.
    fn service(&mut self) -> Result<&Service> {
        if self.service.is_none() {
            let service = Service::start()?;
            // It makes each page once, when it is asked for it first; that is not to be measured.
            Threads.orders(&service, 0..Size::of(self.plan.quick).pages)?;
            self.service = Some(service);
        }
        let service = self.service.as_ref().ok_or("no service")?;
        service.clear()?;
        Ok(service)
    }

    /// Takes the child's figures, and is its client before that if it serves.
    fn listen(&self, child: &mut Child, contestant: &Contestant) -> Result<Sample, Trouble> {
        let mut measured = Sample::new();
        loop {
            let line = child.line().ok_or_else(|| Trouble::Failed("it said nothing".into()))?;
            let told: Value = serde_json::from_str(&line).unwrap_or_default();
            let Some(address) = told["address"].as_str().and_then(|given| given.parse().ok())
            else {
                measured.extend(process::heard(&told)?);
                return Ok(measured);
            };
            let clients = told["clients"].as_u64().unwrap_or(1) as usize;
            let latency_for = self.plan.latency_for;
            let size = Size { latency_for, ..contestant.size(self.plan.quick) };
            measured = serving::measure(address, clients, size)
                .map_err(|why| Trouble::Failed(why.to_string()))?;
            child.hang_up();
        }
    }
}
