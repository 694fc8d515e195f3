//! The same job under every strategy, by one thread and by more, in turns.

use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use stage::{Result, cpu_time};

use crate::host::{Host, Simulated, field, isolated};
use crate::one_core::on_one_core;

/// By how many threads.
pub const THREADS: [u64; 3] = [1, 2, 4];

/// Who does the job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contestant {
    /// The threads of one interpreter.
    Threads(Host),
    /// An interpreter for each thread.
    Interpreters,
}

/// What one of them needed.
#[derive(Debug, Clone)]
pub struct Row {
    /// Who.
    pub contestant: Contestant,
    /// Round by round, by one thread and by more: see [`THREADS`].
    rounds: Vec<[Run; THREADS.len()]>,
}

/// What one run needed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Run {
    /// Its time on the clock, as the program tells it.
    pub seconds: f64,
    /// How many cores it kept busy.
    pub cores: f64,
    /// How often one of its threads went to sleep, in a millisecond.
    pub sleeps: f64,
}

impl Contestant {
    /// Everybody, in reading order; who must stay on one core, only where a program can.
    #[must_use]
    pub fn all() -> Vec<Contestant> {
        use Simulated::{FineGrained, FreeThreaded, Interval, Legacy, Unprotected};
        let threads = |strategy| Contestant::Threads(Host::Simulated(strategy));
        let mut all = vec![threads(Unprotected), threads(Legacy)];
        if on_one_core(|| ()).is_ok() {
            all.push(Contestant::Threads(Host::OnOneCore(Legacy)));
        }
        all.extend([threads(Interval), Contestant::Interpreters]);
        all.extend([FineGrained, FreeThreaded].map(threads));
        all
    }

    /// Its name in tables.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Contestant::Threads(host) => host.label(),
            Contestant::Interpreters => "an interpreter each".to_owned(),
        }
    }

    /// Counts down from `total` with so many threads.
    fn run(&self, threads: u64, total: u64) -> Result<Run> {
        match self {
            Contestant::Threads(host) => {
                // What is watched begins when the interpreter is made, and ends before it is freed.
                let mut program = host.serve("countdown", &arguments![threads, total])?;
                let run = watched(|| field(&program.line()?, "seconds"))?;
                program.end()?;
                Ok(run)
            }
            // Each interpreter tells how long itself took. That is what all took only if none of
            // them had to wait for a core.
            Contestant::Interpreters if threads > cores() => {
                Ok(Run { seconds: f64::NAN, cores: f64::NAN, sleeps: f64::NAN })
            }
            Contestant::Interpreters => watched(|| isolated("countdown", threads, total)),
        }
    }
}

/// Watches what this process does during a run, which returns its time.
fn watched(run: impl FnOnce() -> std::result::Result<f64, String>) -> Result<Run> {
    let (began, cpu, slept) = (Instant::now(), cpu_time(), sleeps());
    let seconds = run()?;
    let (took, cpu) = (began.elapsed().as_secs_f64(), cpu_time().saturating_sub(cpu));
    let sleeps = (sleeps() - slept) as f64 / (1e3 * took);
    Ok(Run { seconds, cores: cpu.as_secs_f64() / took, sleeps })
}

/// How often threads of this process have gone to sleep so far, each time to be woken by somebody.
fn sleeps() -> i64 {
    getrusage(UsageWho::RUSAGE_SELF).map_or(0, |usage| usage.voluntary_context_switches())
}

/// How many cores this process may use.
#[must_use]
pub fn cores() -> u64 {
    std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64)
}

/// So many rounds, in each of which everybody counts down once with each number of threads.
///
/// # Errors
/// One line: what a program ended with before its time.
pub fn race(contestants: Vec<Contestant>, total: u64, rounds: usize) -> Result<Vec<Row>> {
    let row = |contestant| Row { contestant, rounds: Vec::new() };
    let mut rows: Vec<_> = contestants.into_iter().map(row).collect();
    for _ in 0..rounds.max(1) {
        for Row { contestant, rounds } in &mut rows {
            let mut round = [Run::default(); THREADS.len()];
            for (run, threads) in round.iter_mut().zip(THREADS) {
                *run = contestant.run(threads, total)?;
            }
            rounds.push(round);
        }
    }
    Ok(rows)
}

impl Row {
    /// The median of the rounds.
    pub fn median(&self, of: impl Fn(&[Run; THREADS.len()]) -> f64) -> f64 {
        let mut each: Vec<_> = self.rounds.iter().map(of).collect();
        each.sort_by(f64::total_cmp);
        each[each.len() / 2]
    }

    /// How many times as long as one thread so many took, for a place in [`THREADS`]; not a number
    /// if they can't be timed. A run is compared with the one just before it, since a machine is
    /// not the same from one second to the next.
    #[must_use]
    pub fn times_as_long(&self, place: usize) -> f64 {
        self.median(|round| round[place].seconds / round[0].seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_run_is_compared_with_the_one_just_before_it() {
        let run = |seconds| Run { seconds, ..Run::default() };
        // The machine gets slower from round to round, and the ratio stays.
        let rounds = [1.0, 10.0, 100.0].map(|one| [run(one), run(2.0 * one), run(f64::NAN)]);
        let row = Row { contestant: Contestant::Interpreters, rounds: rounds.to_vec() };
        assert_eq!(row.median(|round| round[0].seconds), 10.0);
        assert_eq!(row.times_as_long(1), 2.0);
        assert!(row.times_as_long(2).is_nan());
    }
}
