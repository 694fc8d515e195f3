//! Several ways to do a thing, timed in turns.
//!
//! A machine is not the same from one second to the next: its clock changes, other programs come
//! and go. So contestants run in turns, round by round, and are compared by the median of their
//! rounds. Entering the same code twice shows how small a difference can be seen at all.

use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use nix::time::{ClockId, clock_gettime};

use crate::{Result, human};

/// The contestants, and how long each took in each round.
#[derive(Default)]
pub struct Contest<'a> {
    contestants: Vec<(String, Box<dyn FnMut() -> Result + 'a>)>,
}

/// How long one contestant took: its rounds from the fastest to the slowest.
#[derive(Debug, Clone)]
pub struct Times {
    /// Its name.
    pub name: String,
    wall: Vec<Duration>,
    cpu: Vec<Duration>,
}

impl<'a> Contest<'a> {
    /// Nobody has entered yet.
    #[must_use]
    pub fn new() -> Contest<'a> {
        Contest::default()
    }

    /// Enters a contestant: one call is one round. It checks its own answer, and fails if that
    /// is wrong.
    pub fn enter(&mut self, name: impl Into<String>, round: impl FnMut() -> Result + 'a) {
        self.contestants.push((name.into(), Box::new(round)));
    }

    /// Runs so many rounds (and one before, which doesn't count), and returns the times in the
    /// order of entering.
    ///
    /// # Errors
    /// The first contestant that failed.
    pub fn run(mut self, rounds: usize) -> Result<Vec<Times>> {
        let mut times: Vec<_> = self
            .contestants
            .iter()
            .map(|(name, _)| Times { name: name.clone(), wall: Vec::new(), cpu: Vec::new() })
            .collect();
        for round in 0..=rounds.max(1) {
            for ((_, contestant), times) in self.contestants.iter_mut().zip(&mut times) {
                let (cpu, start) = (cpu_time(), Instant::now());
                contestant()?;
                let (wall, cpu) = (start.elapsed(), cpu_time().saturating_sub(cpu));
                if round > 0 {
                    times.wall.push(wall);
                    times.cpu.push(cpu);
                }
            }
        }
        for times in &mut times {
            times.wall.sort_unstable();
            times.cpu.sort_unstable();
        }
        Ok(times)
    }
}

impl Times {
    /// The median of the rounds, by the clock on the wall.
    #[must_use]
    pub fn median(&self) -> Duration {
        self.wall[self.wall.len() / 2]
    }

    /// The fastest round, by the clock on the wall: for what can't be done faster, however lucky.
    #[must_use]
    pub fn fastest(&self) -> Duration {
        self.wall[0]
    }

    /// The median of the processor time that the rounds took, over all threads of the process.
    #[must_use]
    pub fn cpu(&self) -> Duration {
        self.cpu[self.cpu.len() / 2]
    }

    /// How many cores it kept busy: processor time by time on the wall, by the medians.
    #[must_use]
    pub fn cores(&self) -> f64 {
        self.cpu().as_secs_f64() / self.median().as_secs_f64().max(1e-9)
    }

    /// The fastest and the slowest round: `12.1 ms to 13.0 ms`.
    #[must_use]
    pub fn spread(&self) -> String {
        let (first, last) = (self.wall[0], self.wall[self.wall.len() - 1]);
        format!("{} to {}", human(first), human(last))
    }

    /// How many times as fast as `other` this was, by the medians.
    #[must_use]
    pub fn speed_up_over(&self, other: &Times) -> f64 {
        other.median().as_secs_f64() / self.median().as_secs_f64().max(1e-9)
    }
}

/// The processor time that this process has used so far, user and system, all threads.
#[must_use]
pub fn cpu_time() -> Duration {
    let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else { return Duration::ZERO };
    let micros = (usage.user_time() + usage.system_time()).num_microseconds();
    Duration::from_micros(micros.unsigned_abs())
}

/// The processor time that this thread has used.
#[must_use]
pub fn thread_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}
