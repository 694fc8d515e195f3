//! The problems in the sizes in which they are raced.

use stage::Result;
use workloads::orders::Totals;
use workloads::{Approach, Service, chain, fetch, primes};

/// A problem of a size.
pub struct Problem<'a> {
    pub name: &'static str,
    /// How many times it is solved by each.
    pub rounds: usize,
    /// Solves it, and fails if the answer is wrong.
    pub solve: Solve<'a>,
}

type Solve<'a> = Box<dyn Fn(&dyn Approach) -> Result + 'a>;

impl<'a> Problem<'a> {
    pub fn chain(links: u64, rounds: usize) -> Result<Problem<'a>> {
        let known = chain::run(links)?;
        Ok(Problem::new("chain", rounds, move |approach| right(approach.chain(links)? == known)))
    }

    /// The primes up to a million. That is not prime itself, so it may be left out.
    pub fn primes(rounds: usize) -> Result<Problem<'a>> {
        let ranges = primes::split(1_000_000, 64)?;
        let known = primes::PI_OF_POWERS_OF_TEN[6];
        Ok(Problem::new("primes", rounds, move |approach| {
            right(approach.primes(&ranges)? == known)
        }))
    }

    pub fn orders(service: &'a Service, pages: u32, rounds: usize) -> Problem<'a> {
        let known = Totals::known(0..pages);
        Problem::new("orders", rounds, move |approach| {
            right(approach.orders(service, 0..pages)? == known)
        })
    }

    pub fn fetch(service: &'a Service, count: u64, ms: u64, rounds: usize) -> Result<Problem<'a>> {
        let requests = fetch::requests(count, ms)?;
        Ok(Problem::new("fetch", rounds, move |approach| {
            Ok(fetch::check(&requests, &approach.fetch(service, &requests)?)?)
        }))
    }

    fn new(
        name: &'static str,
        rounds: usize,
        solve: impl Fn(&dyn Approach) -> Result + 'a,
    ) -> Problem<'a> {
        Problem { name, rounds, solve: Box::new(solve) }
    }
}

fn right(answer: bool) -> Result {
    if answer { Ok(()) } else { Err("a wrong answer: its time does not count".into()) }
}
