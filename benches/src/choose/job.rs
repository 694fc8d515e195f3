//! A job, in numbers: so many tasks, each of which waits for something and then computes.

use serde::Serialize;

use super::numbers::Numbers;
use crate::Result;
use crate::report::numbers::{bytes, count, of_hundred};

/// A job whose numbers are all there and agree with each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Job {
    /// For how long a task computes, in milliseconds of one core that does nothing else.
    pub cpu_ms: f64,
    /// For how many milliseconds it waits before that.
    pub wait_ms: u64,
    /// How many tasks there are, all known at the start.
    pub tasks: u64,
    /// How many bytes of memory there are for it.
    pub memory: Option<u64>,
    /// Which part of the computing is done under one lock, from 0 to 1.
    pub shared: f64,
    /// Whether a crash of one task must spare the others.
    pub isolation: bool,
    /// Whether waiting blocks a thread, whatever the approach.
    pub blocking_library: bool,
    /// Whether each task needs the result of the one before.
    pub chain: bool,
}

impl Job {
    /// So many tasks, of which nothing more is demanded.
    #[must_use]
    pub const fn plain(cpu_ms: f64, wait_ms: u64, tasks: u64) -> Job {
        Job {
            cpu_ms,
            wait_ms,
            tasks,
            memory: None,
            shared: 0.0,
            isolation: false,
            blocking_library: false,
            chain: false,
        }
    }

    /// The job of these numbers.
    ///
    /// # Errors
    /// In one line: which number is missing, or which two contradict each other.
    pub fn of(numbers: &Numbers) -> Result<Job> {
        let Numbers { cpu_ms: Some(cpu_ms), wait_ms: Some(wait_ms), tasks: Some(tasks), .. } =
            *numbers
        else {
            return Err(format!(
                "a job needs --cpu-ms, --wait-ms and --tasks, such as --cpu-ms 5 --wait-ms 20 --tasks \
                 100; missing: {}; in a terminal, --explain asks for them",
                missing(numbers)
            )
            .into());
        };
        let job = Job {
            memory: numbers.memory,
            shared: numbers.shared_state.unwrap_or(0.0),
            isolation: numbers.isolation,
            blocking_library: numbers.blocking_library,
            chain: numbers.chain,
            ..Job::plain(cpu_ms, wait_ms, tasks)
        };
        let why = if cpu_ms == 0.0 && wait_ms == 0 {
            "a task must wait or compute: one of --cpu-ms and --wait-ms above 0"
        } else if job.shared > 0.0 && cpu_ms == 0.0 {
            "--shared-state is a share of the computing, and --cpu-ms is 0: leave one of them out, or \
             make it more"
        } else if job.blocking_library && wait_ms == 0 {
            "--blocking-library is about the waiting, and --wait-ms is 0: leave it out, or wait longer"
        } else {
            return Ok(job);
        };
        Err(why.into())
    }

    /// All its computing, in milliseconds of one core.
    #[must_use]
    pub fn computing_ms(&self) -> f64 {
        self.tasks as f64 * self.cpu_ms
    }

    /// In words.
    #[must_use]
    pub fn words(&self) -> String {
        let Job { cpu_ms, wait_ms, tasks, .. } = *self;
        let does = match wait_ms {
            0 => format!("computes {cpu_ms} ms"),
            _ if cpu_ms == 0.0 => format!("waits {wait_ms} ms"),
            _ => format!("waits {wait_ms} ms, then computes {cpu_ms} ms"),
        };
        let mut words = match tasks {
            1 => format!("1 task: it {does}"),
            _ => format!("{} tasks: each {does}", count(tasks as f64)),
        };
        let mut also = |holds: bool, more: String| {
            if holds {
                words.push_str("; ");
                words.push_str(&more);
            }
        };
        let share = of_hundred(self.shared);
        also(self.shared > 0.0, format!("{share} % of the computing is under one lock"));
        also(self.chain, "each needs the result of the one before".into());
        also(self.isolation, "a crash must spare the others".into());
        also(self.blocking_library, "waiting blocks its thread".into());
        let memory = self.memory.map_or(0.0, |limit| limit as f64);
        also(self.memory.is_some(), format!("there are {} of memory", bytes(memory)));
        words
    }
}

fn missing(numbers: &Numbers) -> String {
    let all = [
        ("--cpu-ms", numbers.cpu_ms.is_none()),
        ("--wait-ms", numbers.wait_ms.is_none()),
        ("--tasks", numbers.tasks.is_none()),
    ];
    Vec::from_iter(all.iter().filter(|one| one.1).map(|one| one.0)).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_says_which_number_is_missing_or_contradicts_another() {
        let numbers = |cpu_ms, wait_ms| Numbers {
            cpu_ms: Some(cpu_ms),
            wait_ms: Some(wait_ms),
            tasks: Some(100),
            ..Numbers::default()
        };
        assert!(Job::of(&numbers(1.5, 20)).is_ok());
        let no_tasks = Numbers { tasks: None, ..numbers(1.0, 1) };
        let locked = Numbers { shared_state: Some(0.1), ..numbers(0.0, 1) };
        let blocking = Numbers { blocking_library: true, ..numbers(1.0, 0) };
        for (numbers, said) in [
            (Numbers::default(), "missing: --cpu-ms, --wait-ms, --tasks;"),
            (no_tasks, "missing: --tasks;"),
            (numbers(0.0, 0), "a task must wait or compute"),
            (locked, "and --cpu-ms is 0"),
            (blocking, "and --wait-ms is 0"),
        ] {
            let why = Job::of(&numbers).unwrap_err().to_string();
            assert!(why.contains(said), "{why}");
        }
        assert!(Job::of(&Numbers { shared_state: Some(0.0), ..numbers(0.0, 1) }).is_ok());
    }

    #[test]
    fn a_job_is_told_without_what_it_does_not_do() {
        let said = |cpu_ms, wait_ms, tasks| Job::plain(cpu_ms, wait_ms, tasks).words();
        assert_eq!(said(5.0, 20, 1_000), "1,000 tasks: each waits 20 ms, then computes 5 ms");
        assert_eq!(said(0.0, 20, 1), "1 task: it waits 20 ms");
        assert_eq!(said(0.5, 0, 2), "2 tasks: each computes 0.5 ms");
        let all = Job { shared: 0.1, memory: Some(512 << 20), ..Job::plain(0.5, 0, 2) };
        let also = "10 % of the computing is under one lock; there are 512 MiB of memory";
        assert_eq!(all.words(), format!("2 tasks: each computes 0.5 ms; {also}"));
    }
}
