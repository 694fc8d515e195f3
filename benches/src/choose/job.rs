//! A job, in numbers: so many tasks, each of which waits for something and then computes.

use clap::Args;
use serde::Serialize;
use workloads::{fetch, orders};

use super::why::percent;
use crate::Result;

/// How many tasks a job may have: so many pages there are to fetch.
const TASKS: std::ops::RangeInclusive<u64> = 1..=*orders::PAGES.end() + 1;

/// For how many milliseconds a task may compute.
const CPU_MS: std::ops::RangeInclusive<f64> = 0.0..=60_000.0;

/// The numbers as they are typed.
#[derive(Debug, Clone, Default, Args)]
pub struct Numbers {
    /// For how many milliseconds a task computes, on a core of its own: 0.5
    #[arg(long, value_name = "MS", allow_negative_numbers = true)]
    pub cpu_ms: Option<f64>,
    /// For how many whole milliseconds it waits before that
    #[arg(long, value_name = "MS")]
    pub wait_ms: Option<u64>,
    /// How many such tasks there are
    #[arg(long, value_name = "N")]
    pub tasks: Option<u64>,
    /// How much memory there is for it: 512M, 2G
    #[arg(long, value_name = "BYTES", value_parser = memory)]
    pub memory: Option<u64>,
    /// How much of the computing is done under one lock, because all share what it guards: 10%
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub shared_state: Option<f64>,
    /// If one task crashes, the others must go on
    #[arg(long)]
    pub isolation: bool,
    /// The waiting is inside a call that blocks its thread: a library that knows of no event loop
    #[arg(long)]
    pub blocking_library: bool,
    /// Each task needs the result of the one before
    #[arg(long)]
    pub chain: bool,
}

/// A job whose numbers are all there and within bounds.
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
    /// The job of these numbers.
    ///
    /// # Errors
    /// In one line: which number is missing, or what it must be.
    pub fn of(numbers: &Numbers) -> Result<Job> {
        let missing = "a job needs --cpu-ms, --wait-ms and --tasks, such as --cpu-ms 5 --wait-ms 20 --tasks 100; in a terminal, --explain asks for them";
        let Numbers { cpu_ms: Some(cpu_ms), wait_ms: Some(wait_ms), tasks: Some(tasks), .. } =
            *numbers
        else {
            return Err(missing.into());
        };
        let within = |what: &str, holds: bool, least: f64, most: f64, given: f64| match holds {
            true => Ok(()),
            false => Err(format!("{what} must be from {least} to {most}, not {given}")),
        };
        let (least, most) = (*CPU_MS.start(), *CPU_MS.end());
        within("--cpu-ms", CPU_MS.contains(&cpu_ms), least, most, cpu_ms)?;
        let (least, most) = (*fetch::THINK_MS.start() as f64, *fetch::THINK_MS.end() as f64);
        let holds = fetch::THINK_MS.contains(&wait_ms);
        within("--wait-ms", holds, least, most, wait_ms as f64)?;
        let (least, most) = (*TASKS.start() as f64, *TASKS.end() as f64);
        within("--tasks", TASKS.contains(&tasks), least, most, tasks as f64)?;
        if cpu_ms == 0.0 && wait_ms == 0 {
            return Err("a task must wait or compute: one of --cpu-ms and --wait-ms above 0".into());
        }
        Ok(Job {
            cpu_ms,
            wait_ms,
            tasks,
            memory: numbers.memory,
            shared: numbers.shared_state.unwrap_or(0.0),
            isolation: numbers.isolation,
            blocking_library: numbers.blocking_library,
            chain: numbers.chain,
        })
    }

    /// All its computing, in milliseconds of one core.
    #[must_use]
    pub fn computing_ms(&self) -> f64 {
        self.tasks as f64 * self.cpu_ms
    }

    /// In words.
    #[must_use]
    pub fn words(&self) -> String {
        let Job { cpu_ms, wait_ms, tasks, .. } = self;
        let mut words = match tasks {
            1 => format!("1 task: it waits {wait_ms} ms, then computes {cpu_ms} ms"),
            _ => format!("{tasks} tasks: each waits {wait_ms} ms, then computes {cpu_ms} ms"),
        };
        let mut also = |holds: bool, more: String| {
            if holds {
                words.push_str("; ");
                words.push_str(&more);
            }
        };
        also(self.shared > 0.0, format!("{} of that under one lock", percent(self.shared)));
        also(self.chain, "each needs the result of the one before".into());
        also(self.isolation, "a crash must spare the others".into());
        also(self.blocking_library, "waiting blocks its thread".into());
        let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        also(self.memory.is_some(), format!("in {:.0} MiB", self.memory.map_or(0.0, mib)));
        words
    }
}

/// `512M` and the like, in powers of 1024.
fn memory(typed: &str) -> Result<u64, String> {
    let number = typed.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let power = match &typed[number.len()..].to_ascii_uppercase()[..] {
        "" | "B" => Some(0),
        "K" | "KB" | "KIB" => Some(1),
        "M" | "MB" | "MIB" => Some(2),
        "G" | "GB" | "GIB" => Some(3),
        _ => None,
    };
    let bytes = number.parse::<u64>().ok().zip(power);
    let bytes = bytes.and_then(|(number, power)| number.checked_mul(1 << (10 * power)));
    bytes.filter(|bytes| *bytes > 0).ok_or_else(|| "memory is a size such as 512M or 2G".into())
}

/// `10%`, `0.1` or `none`.
pub(super) fn share(typed: &str) -> Result<f64, String> {
    let share = match typed.strip_suffix('%') {
        Some(percent) => percent.trim().parse().ok().map(|percent: f64| percent / 100.0),
        None if typed == "none" => Some(0.0),
        None => typed.parse().ok(),
    };
    let share = share.filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "shared state is a share of the computing: none, 10%, or 0.1".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_shares_are_read_as_people_write_them() {
        assert_eq!(memory("512M"), Ok(512 << 20));
        assert_eq!(memory("2GiB"), Ok(2 << 30));
        assert_eq!(memory("1000"), Ok(1_000));
        assert_eq!((share("10%"), share("0.1"), share("none")), (Ok(0.1), Ok(0.1), Ok(0.0)));
        for wrong in ["", "M", "0", "-1M", "5X", "99999999999G"] {
            assert!(memory(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "110%", "-1", "some", "nan"] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_job_says_which_number_is_wrong() {
        let numbers = |cpu_ms, wait_ms, tasks| Numbers {
            cpu_ms: Some(cpu_ms),
            wait_ms: Some(wait_ms),
            tasks: Some(tasks),
            ..Numbers::default()
        };
        assert!(Job::of(&numbers(1.5, 20, 100)).is_ok());
        for (numbers, said) in [
            (Numbers::default(), "a job needs --cpu-ms"),
            (numbers(-1.0, 1, 1), "--cpu-ms must be from 0 to 60000, not -1"),
            (numbers(f64::NAN, 1, 1), "--cpu-ms must be from 0 to 60000, not NaN"),
            (numbers(1.0, 60_001, 1), "--wait-ms must be from 0 to 60000, not 60001"),
            (numbers(1.0, 1, 0), "--tasks must be from 1 to 100000, not 0"),
            (numbers(0.0, 0, 1), "a task must wait or compute"),
        ] {
            let why = Job::of(&numbers).unwrap_err().to_string();
            assert!(why.starts_with(said), "{why}");
        }
    }
}
