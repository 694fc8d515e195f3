//! Who takes part, and how fast each was.

use stage::contest::Times;
use stage::{Contest, Result};
use workloads::{Approach, Sequential, Service, fetch};

use super::problems::Problem;
use crate::solve::{Pooled, Rayon, Threads, cores};

/// How one approach did.
pub struct Row {
    pub name: String,
    /// How many threads, if it is a pool.
    pub pool_of: Option<usize>,
    /// How long each problem took, in the order of the problems.
    pub took: Vec<Times>,
    /// How many times as fast as the sequential run that was, by the medians.
    pub speed_ups: Vec<f64>,
    /// How many requests the service held at once.
    pub in_flight: u64,
}

struct Entrant {
    name: String,
    pool_of: Option<usize>,
    approach: Box<dyn Approach>,
}

/// Sequential first, then pools from one thread to four a core, then the two other approaches.
fn entrants() -> Result<Vec<Entrant>> {
    let entrant = |name: &str, approach: Box<dyn Approach>| Entrant {
        name: name.to_owned(),
        pool_of: None,
        approach,
    };
    let mut all = vec![entrant("sequential", Box::new(Sequential))];
    let mut sizes: Vec<_> = [1].into_iter().chain((1..=4).map(|times| times * cores())).collect();
    sizes.dedup();
    for threads in sizes {
        let pool =
            entrant(&format!("pool of {threads}"), Box::new(Pooled::with(threads, threads)?));
        all.push(Entrant { pool_of: Some(threads), ..pool });
    }
    all.push(entrant("a thread a task", Box::new(Threads)));
    all.push(entrant("rayon", Box::new(Rayon)));
    Ok(all)
}

/// Lets all of them solve each of the problems, in turns.
pub fn run(problems: &[Problem<'_>], service: &Service) -> Result<Vec<Row>> {
    let entrants = entrants()?;
    let mut rows = Vec::new();
    for Entrant { name, pool_of, approach } in &entrants {
        let in_flight = in_flight(approach.as_ref(), service)?;
        let (took, speed_ups) = (Vec::new(), Vec::new());
        rows.push(Row { name: name.clone(), pool_of: *pool_of, took, speed_ups, in_flight });
    }
    for problem in problems {
        let mut contest = Contest::new();
        for Entrant { name, approach, .. } in &entrants {
            contest.enter(name, || (problem.solve)(approach.as_ref()));
        }
        let times = contest.run(problem.rounds)?;
        for (row, own) in rows.iter_mut().zip(&times) {
            row.speed_ups.push(own.speed_up_over(&times[0]));
            row.took.push(own.clone());
        }
    }
    Ok(rows)
}

/// How many requests the approach has in flight at once, as the service saw it. The service
/// answers only when as many are there as the approach promises, so this is not left to luck.
fn in_flight(approach: &dyn Approach, service: &Service) -> Result<u64> {
    // As many as the largest pool has threads, at least: fewer would leave some without one.
    let least = REQUESTS.max(4 * cores());
    let promised = approach.in_flight(least);
    let requests = least.next_multiple_of(promised);
    let requests = fetch::gathering(requests as u64, approach.in_flight(requests) as u64)?;
    service.clear()?;
    fetch::check(&requests, &approach.fetch(service, &requests)?)?;
    Ok(service.log()?.most_at_once)
}

/// How many requests there are at least.
const REQUESTS: usize = 32;
