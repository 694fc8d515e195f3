//! The problems in the sizes in which they are raced, and who runs.

use std::path::PathBuf;
use std::time::Duration;

use stage::contest::Times;
use stage::{Contest, Result};
use workloads::orders::Totals;
use workloads::{Approach, Sequential, Service, chain, primes};

use crate::solve::{GLOBAL_LOCK, LEGACY_LOCK, NO_LOCK};

/// A problem of a size.
pub struct Problem<'a> {
    name: &'static str,
    /// Solves it, and fails if the answer is wrong.
    solve: Solve<'a>,
}

type Solve<'a> = Box<dyn Fn(&dyn Approach) -> Result + 'a>;

/// How a problem was solved.
pub struct Column {
    pub name: &'static str,
    /// How long the fastest sequential run took.
    pub sequential: Duration,
    /// How many times as fast the threads' fastest was: under the lock, the legacy lock, and none.
    pub speed_ups: [f64; 3],
    /// How many cores they kept busy.
    pub cores: [f64; 3],
}

impl<'a> Problem<'a> {
    pub fn chain(links: u64) -> Result<Problem<'a>> {
        let known = chain::run(links)?;
        Ok(Problem::new("chain", move |approach| Ok(approach.chain(links)? == known)))
    }

    /// The primes up to a million. That is not prime itself, so it may be left out.
    pub fn primes() -> Result<Problem<'a>> {
        let ranges = primes::split(1_000_000, 16)?;
        let known = primes::PI_OF_POWERS_OF_TEN[6];
        Ok(Problem::new("primes", move |approach| Ok(approach.primes(&ranges)? == known)))
    }

    pub fn orders(service: &'a Service, pages: u32) -> Problem<'a> {
        let known = Totals::known(0..pages);
        Problem::new("orders", move |approach| Ok(approach.orders(service, 0..pages)? == known))
    }

    /// That the words are the same is the contract's affair: others may write to these files.
    pub fn files(paths: &'a [PathBuf]) -> Problem<'a> {
        Problem::new("files", move |approach| {
            let counts = approach.files(paths)?;
            Ok(counts.files + counts.skipped.len() as u64 == paths.len() as u64)
        })
    }

    fn new(
        name: &'static str,
        is_right: impl Fn(&dyn Approach) -> Result<bool> + 'a,
    ) -> Problem<'a> {
        let solve = move |approach: &dyn Approach| match is_right(approach)? {
            true => Ok(()),
            false => Err("a wrong answer: its time does not count".into()),
        };
        Problem { name, solve: Box::new(solve) }
    }
}

/// Lets all solve each of the problems, in turns.
pub fn run(problems: &[Problem<'_>], rounds: usize) -> Result<Vec<Column>> {
    let all: [&dyn Approach; 4] = [&Sequential, &GLOBAL_LOCK, &LEGACY_LOCK, &NO_LOCK];
    let mut columns = Vec::new();
    for problem in problems {
        let mut contest = Contest::new();
        for approach in all {
            contest.enter(approach.name(), move || (problem.solve)(approach));
        }
        let times = contest.run(rounds)?;
        columns.push(Column {
            name: problem.name,
            sequential: times[0].fastest(),
            speed_ups: [1, 2, 3].map(|entrant| speed_up(&times[entrant], &times[0])),
            cores: [1, 2, 3].map(|entrant| times[entrant].cores()),
        });
    }
    Ok(columns)
}

/// What the threads could do if nobody disturbed them: on a busy machine many threads have a larger
/// share of the cores than one, and would look faster than they are.
fn speed_up(threads: &Times, sequential: &Times) -> f64 {
    sequential.fastest().as_secs_f64() / threads.fastest().as_secs_f64().max(1e-9)
}

/// How many cores this process may use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_solve_each_problem_and_a_wrong_answer_has_no_time() {
        let service = Service::start().unwrap();
        let paths = [PathBuf::from("Cargo.toml"), PathBuf::from("nowhere")];
        let right = [
            Problem::chain(1_000).unwrap(),
            Problem::primes().unwrap(),
            Problem::orders(&service, 3),
            Problem::files(&paths),
        ];
        let names = run(&right, 1).unwrap().into_iter().map(|column| column.name);
        assert_eq!(Vec::from_iter(names), ["chain", "primes", "orders", "files"]);
        assert!(run(&[Problem::new("wrong", |_| Ok(false))], 1).is_err());
    }
}
