//! How much of a job is waiting.

use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use stage::{Result, thread_time};
use workloads::{Approach, Sequential, Service, fetch, orders, primes};

/// A job that was done one thing after another.
pub struct Job {
    /// The problem.
    pub name: &'static str,
    /// How long it took.
    pub took: Duration,
    /// For how long of that its thread had a core.
    pub computed: Duration,
    /// How often it gave its core up by itself.
    pub gave_up: u64,
    /// How many requests it made.
    pub asked: u64,
}

impl Job {
    /// The part of the time in which it had no core, from 0 to 1.
    #[must_use]
    pub fn waiting_share(&self) -> f64 {
        1.0 - (self.computed.as_secs_f64() / self.took.as_secs_f64().max(1e-9)).min(1.0)
    }
}

/// Primes, so many pages of orders and half as many requests, each checked.
///
/// # Errors
/// If one had no answer, or a wrong one.
pub fn run(pages: u32) -> Result<[Job; 3]> {
    let service = Service::start()?;
    let ranges = primes::split(1_000_001, 1)?;
    let requests = fetch::requests(u64::from(pages / 2), orders::THINK_MS)?;
    Ok([
        timed("primes", 0, || {
            right(Sequential.primes(&ranges)? == primes::PI_OF_POWERS_OF_TEN[6])
        })?,
        timed("orders", u64::from(pages), || {
            right(Sequential.orders(&service, 0..pages)? == orders::Totals::known(0..pages))
        })?,
        timed("fetch", requests.len() as u64, || {
            Ok(fetch::check(&requests, &Sequential.fetch(&service, &requests)?)?)
        })?,
    ])
}

fn right(answer: bool) -> Result {
    if answer { Ok(()) } else { Err("a wrong answer".into()) }
}

fn timed(name: &'static str, asked: u64, job: impl FnOnce() -> Result) -> Result<Job> {
    let (had, gave_up, start) = (thread_time(), times_given_up()?, Instant::now());
    job()?;
    let took = start.elapsed();
    let computed = thread_time().saturating_sub(had);
    Ok(Job { name, took, computed, gave_up: times_given_up()? - gave_up, asked })
}

/// How often this thread has given up its core by itself: its voluntary context switches. Where only
/// those of all threads are counted, the service's are among them; it sleeps too while it is asked
/// nothing, and then gives up nothing.
fn times_given_up() -> Result<u64> {
    #[cfg(target_os = "linux")]
    let whose = UsageWho::RUSAGE_THREAD;
    #[cfg(not(target_os = "linux"))]
    let whose = UsageWho::RUSAGE_SELF;
    Ok(getrusage(whose)?.voluntary_context_switches().unsigned_abs())
}
