//! The contestants, and the choice of what is run.

use std::path::Path;

use event_loop_demo::solve::{AsyncStd, EventLoop, Smol, Tokio};
use global_lock_demo::solve::GLOBAL_LOCK;
use green_threads_demo::solve::GreenThreads;
use multiprocess_demo::solve::Processes;
use threading_demo::solve::{Pooled, Rayon, Threads, cores};
use workloads::{Approach, Sequential};

use crate::Result;
use crate::problem::{Problem, Size};

/// One row of the matrix: an approach, and how to get one.
pub struct Contestant {
    /// Its name in tables and on the command line.
    pub name: &'static str,
    /// The chapter that it comes from: a package, or the Python program.
    pub chapter: &'static str,
    /// `Rust`, or the interpreter: `CPython 3.11.7`.
    pub language: &'static str,
    /// The row that it is measured against: the sequential run of the same language.
    pub baseline: &'static str,
    /// The same once more.
    pub again: &'static str,
    /// Whether it computes on one core only, however many there are.
    pub one_core: bool,
    /// Whether even so other threads, on all cores, do what would block it: read files, and answer
    /// what is expensive.
    pub offloads: bool,
    /// What runs it.
    pub solver: Solver,
}

/// What runs an approach.
#[derive(Clone, Copy)]
pub enum Solver {
    /// A cell of this program. Makes the approach ready to work; this is not timed.
    Rust(fn() -> workloads::Result<Box<dyn Approach>>),
    /// An interpreter, and which of the programs below `python/solve` it runs.
    Python(&'static Path, &'static str),
}

/// The row that all others in Rust are measured against.
pub const SEQUENTIAL: &str = "sequential";

/// The same code once more: how far it is from the first is the noise.
pub const AGAIN: &str = "again";

const LOOPS: &str = "event-loop-demo";

/// All of them, in reading order.
pub const CONTESTANTS: [Contestant; 13] = [
    Contestant::new(SEQUENTIAL, "workloads", true, || Ok(Box::new(Sequential))),
    Contestant::new(AGAIN, "workloads", true, || Ok(Box::new(Sequential))),
    Contestant::new("threads", "threading-demo", false, || Ok(Box::new(Threads))),
    Contestant::new("pool", "threading-demo", false, || Ok(Box::new(Pooled::new()?))),
    Contestant::new("rayon", "threading-demo", false, || Ok(Box::new(Rayon))),
    Contestant::new("global lock", "global-lock-demo", true, || Ok(Box::new(GLOBAL_LOCK))),
    Contestant::new("processes", "multiprocess-demo", false, || Ok(Box::new(Processes::new()?))),
    Contestant::a_loop("event loop", || Ok(Box::new(EventLoop))),
    Contestant::a_loop("tokio", || Ok(Box::new(Tokio::current_thread()))),
    Contestant::new("tokio on threads", LOOPS, false, || Ok(Box::new(Tokio::multi_thread()))),
    Contestant::new("async-std", LOOPS, false, || Ok(Box::new(AsyncStd))),
    Contestant::a_loop("smol", || Ok(Box::new(Smol))),
    Contestant::new("green threads", "green-threads-demo", true, || Ok(Box::new(GreenThreads))),
];

impl Contestant {
    /// Makes it ready to work.
    ///
    /// # Errors
    /// What keeps it from that; a program in Python is not built here.
    pub fn build(&self) -> Result<Box<dyn Approach>> {
        match self.solver {
            Solver::Rust(build) => Ok(build()?),
            Solver::Python(..) => Err("this is a program in Python".into()),
        }
    }

    const fn new(
        name: &'static str,
        chapter: &'static str,
        one_core: bool,
        build: fn() -> workloads::Result<Box<dyn Approach>>,
    ) -> Contestant {
        Contestant {
            name,
            chapter,
            language: "Rust",
            baseline: SEQUENTIAL,
            again: AGAIN,
            one_core,
            offloads: false,
            solver: Solver::Rust(build),
        }
    }

    /// On one thread, but for what would block that.
    const fn a_loop(
        name: &'static str,
        build: fn() -> workloads::Result<Box<dyn Approach>>,
    ) -> Contestant {
        Contestant { offloads: true, ..Contestant::new(name, LOOPS, true, build) }
    }

    /// Whether it keeps to one core in this problem.
    #[must_use]
    pub fn one_core_in(&self, problem: Problem) -> bool {
        self.one_core && !(self.offloads && matches!(problem, Problem::Files | Problem::Serve))
    }

    /// The contestant in Rust of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Contestant> {
        CONTESTANTS.iter().find(|contestant| contestant.name == name)
    }

    /// Whether it is the sequential run's second.
    #[must_use]
    pub fn is_again(&self) -> bool {
        self.name == self.again
    }

    /// Whether it is meant by this name: its own, or that of an interpreter for all that it runs.
    /// The sequential run's second goes by the name of the first.
    fn goes_by(&self, name: &str) -> bool {
        let own = if self.is_again() { self.baseline } else { self.name };
        let interpreter = match self.solver {
            Solver::Rust(_) => None,
            Solver::Python(..) => own.split(' ').next(),
        };
        own == name || interpreter == Some(name)
    }

    /// On how many cores it can compute.
    #[must_use]
    pub fn cores(&self) -> usize {
        if self.one_core { 1 } else { cores() }
    }

    /// How much of each problem it solves.
    #[must_use]
    pub fn size(&self, quick: bool) -> Size {
        match self.solver {
            Solver::Rust(_) => Size::of(quick),
            Solver::Python(..) => Size::of(quick).in_python(),
        }
    }
}

/// What of the matrix is run.
pub struct Choice {
    /// The rows.
    pub contestants: Vec<&'static Contestant>,
    /// The columns.
    pub problems: Vec<Problem>,
}

impl Choice {
    /// All but what `skip` names, also of the rows in Python; where `only` names rows (or columns),
    /// only those of them. The sequential run brings its second with it.
    ///
    /// # Errors
    /// One line for a name that is neither an approach's nor a problem's, or if nothing is left.
    pub fn of(only: &[String], skip: &[String], python: &'static [Contestant]) -> Result<Choice> {
        for name in only.iter().chain(skip) {
            known(name, python)?;
        }
        let chosen = |goes_by: &dyn Fn(&str) -> bool, all: &dyn Fn(&str) -> bool| {
            let among = only.iter().any(|name| all(name));
            let named = |list: &[String]| list.iter().any(|listed| goes_by(listed));
            (!among || named(only)) && !named(skip)
        };
        let is_column = |name: &str| Problem::ALL.iter().any(|problem| problem.name() == name);
        let is_row = |name: &str| !is_column(name);
        let row = |contestant: &&Contestant| chosen(&|name| contestant.goes_by(name), &is_row);
        let choice = Choice {
            contestants: CONTESTANTS.iter().chain(python).filter(row).collect(),
            problems: Problem::ALL
                .into_iter()
                .filter(|problem| chosen(&|name| problem.name() == name, &is_column))
                .collect(),
        };
        match choice.contestants.is_empty() || choice.problems.is_empty() {
            true => Err("--only and --skip leave nothing to run".into()),
            false => Ok(choice),
        }
    }
}

impl Choice {
    /// Whether a program in Python is among the rows.
    #[must_use]
    pub fn has_python(&self) -> bool {
        self.contestants.iter().any(|row| matches!(row.solver, Solver::Python(..)))
    }
}

fn known(name: &str, python: &[Contestant]) -> Result<(), String> {
    let rows = CONTESTANTS.iter().chain(python);
    let columns = Problem::ALL.into_iter().map(Problem::name);
    if columns.clone().any(|column| column == name) || rows.clone().any(|row| row.goes_by(name)) {
        return Ok(());
    }
    let rows = rows.filter(|contestant| !contestant.is_again()).map(|contestant| contestant.name);
    Err(format!(
        "there is no {name:?}; the approaches are {}, the problems {}",
        Vec::from_iter(rows).join(", "),
        Vec::from_iter(columns).join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_has_other_threads_for_what_would_block_it() {
        let one_core = |name| {
            let contestant = Contestant::named(name).unwrap();
            Problem::ALL.map(|problem| contestant.one_core_in(problem))
        };
        for name in ["event loop", "tokio", "smol"] {
            assert_eq!(one_core(name), [true, true, true, true, false, false], "{name}");
        }
        assert_eq!(one_core("green threads"), [true; 6]);
        assert_eq!(one_core("async-std"), [false; 6]);
    }

    fn names(only: &[&str], skip: &[&str]) -> Option<(Vec<&'static str>, Vec<&'static str>)> {
        let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let choice = Choice::of(&owned(only), &owned(skip), &[]).ok()?;
        let rows = choice.contestants.iter().map(|contestant| contestant.name).collect();
        Some((rows, choice.problems.into_iter().map(Problem::name).collect()))
    }

    #[test]
    fn rows_and_columns_are_chosen_apart() {
        let (rows, columns) = names(&["primes", "serve"], &["rayon"]).unwrap();
        let threads = ["sequential", "again", "threads", "pool", "global lock", "processes"];
        let loops = ["event loop", "tokio", "tokio on threads", "async-std", "smol"];
        let green = ["green threads"];
        assert_eq!(rows, [&threads[..], &loops, &green].concat());
        assert_eq!(columns, ["primes", "serve"]);
        let (rows, columns) = names(&["pool"], &["chain"]).unwrap();
        assert_eq!((rows, columns.len()), (vec!["pool"], 5));
        assert!(names(&["pool"], &["pool"]).is_none());
        assert!(names(&["again"], &[]).is_none());
    }
}
