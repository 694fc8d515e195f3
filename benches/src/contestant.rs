//! The contestants, and the choice of what is run.

use event_loop_demo::solve::{AsyncStd, EventLoop, Smol, Tokio};
use global_lock_demo::solve::GLOBAL_LOCK;
use green_threads_demo::solve::GreenThreads;
use multiprocess_demo::solve::Processes;
use threading_demo::solve::{Pooled, Rayon, Threads, cores};
use workloads::{Approach, Sequential};

use crate::Result;
use crate::problem::Problem;

/// One row of the matrix: an approach, and how to get one.
pub struct Contestant {
    /// Its name in tables and on the command line.
    pub name: &'static str,
    /// The chapter that it comes from: a package.
    pub chapter: &'static str,
    /// Whether it computes on one core only, however many there are.
    pub one_core: bool,
    /// Makes it ready to work; this is not timed.
    pub build: fn() -> workloads::Result<Box<dyn Approach>>,
}

/// The row that all others are measured against.
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
    Contestant::new("event loop", LOOPS, true, || Ok(Box::new(EventLoop))),
    Contestant::new("tokio", LOOPS, true, || Ok(Box::new(Tokio::current_thread()))),
    Contestant::new("tokio on threads", LOOPS, false, || Ok(Box::new(Tokio::multi_thread()))),
    Contestant::new("async-std", LOOPS, false, || Ok(Box::new(AsyncStd))),
    Contestant::new("smol", LOOPS, true, || Ok(Box::new(Smol))),
    Contestant::new("green threads", "green-threads-demo", true, || Ok(Box::new(GreenThreads))),
];

impl Contestant {
    const fn new(
        name: &'static str,
        chapter: &'static str,
        one_core: bool,
        build: fn() -> workloads::Result<Box<dyn Approach>>,
    ) -> Contestant {
        Contestant { name, chapter, one_core, build }
    }

    /// The contestant of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Contestant> {
        CONTESTANTS.iter().find(|contestant| contestant.name == name)
    }

    /// On how many cores it can compute.
    #[must_use]
    pub fn cores(&self) -> usize {
        if self.one_core { 1 } else { cores() }
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
    /// All but what `skip` names; where `only` names rows (or columns), only those of them.
    /// The sequential run brings its second with it.
    ///
    /// # Errors
    /// One line for a name that is neither an approach's nor a problem's, or if nothing is left.
    pub fn of(only: &[String], skip: &[String]) -> Result<Choice> {
        for name in only.iter().chain(skip) {
            known(name)?;
        }
        let chosen = |name: &str, all: &dyn Fn(&str) -> bool| {
            let among = only.iter().any(|name| all(name));
            let named = |list: &[String]| list.iter().any(|listed| listed == name);
            (!among || named(only)) && !named(skip)
        };
        let is_row = |name: &str| Contestant::named(name).is_some();
        let is_column = |name: &str| !is_row(name);
        let row = |contestant: &&Contestant| match contestant.name {
            AGAIN => chosen(SEQUENTIAL, &is_row),
            name => chosen(name, &is_row),
        };
        let choice = Choice {
            contestants: CONTESTANTS.iter().filter(row).collect(),
            problems: Problem::ALL
                .into_iter()
                .filter(|problem| chosen(problem.name(), &is_column))
                .collect(),
        };
        match choice.contestants.is_empty() || choice.problems.is_empty() {
            true => Err("--only and --skip leave nothing to run".into()),
            false => Ok(choice),
        }
    }
}

fn known(name: &str) -> Result<(), String> {
    let rows = CONTESTANTS.iter().map(|contestant| contestant.name).filter(|row| *row != AGAIN);
    let columns = Problem::ALL.into_iter().map(Problem::name);
    if rows.clone().chain(columns.clone()).any(|known| known == name) {
        return Ok(());
    }
    Err(format!(
        "there is no {name:?}; the approaches are {}, the problems {}",
        Vec::from_iter(rows).join(", "),
        Vec::from_iter(columns).join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(only: &[&str], skip: &[&str]) -> Option<(Vec<&'static str>, Vec<&'static str>)> {
        let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let choice = Choice::of(&owned(only), &owned(skip)).ok()?;
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
