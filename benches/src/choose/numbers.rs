//! The numbers of a job as they are typed: on the command line, or as answers to questions.

use std::ops::RangeInclusive;

use clap::Args;
use workloads::{fetch, orders};

/// How many tasks a job may have: so many pages there are to fetch.
const TASKS: RangeInclusive<u64> = 1..=*orders::PAGES.end() + 1;

/// For how many milliseconds a task may compute, if it computes at all.
const CPU_MS: RangeInclusive<f64> = 1e-6..=60_000.0;

/// No process here takes less memory, in bytes; who types less has forgotten the unit.
const LEAST_MEMORY: u64 = 1 << 20;

/// The numbers as they are typed: what is there is within bounds.
#[derive(Debug, Clone, Default, Args)]
pub struct Numbers {
    /// For how many milliseconds a task computes, on a core of its own: 0.5
    #[arg(long, value_name = "MS", value_parser = cpu_ms, allow_negative_numbers = true)]
    pub cpu_ms: Option<f64>,
    /// For how many whole milliseconds it waits before that
    #[arg(long, value_name = "MS", value_parser = wait_ms, allow_negative_numbers = true)]
    pub wait_ms: Option<u64>,
    /// How many such tasks there are
    #[arg(long, value_name = "N", value_parser = tasks, allow_negative_numbers = true)]
    pub tasks: Option<u64>,
    /// How much memory there is for it: 512M, 2G
    #[arg(long, value_name = "SIZE", value_parser = memory, allow_negative_numbers = true)]
    pub memory: Option<u64>,
    /// How much of the computing is done under one lock, because all share what it guards: 10%
    #[arg(long, value_name = "SHARE", value_parser = share, allow_negative_numbers = true)]
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

/// `5` or `0.5`. Errors here and below go on from "it" or the option's name.
pub(super) fn cpu_ms(typed: &str) -> Result<f64, String> {
    let within = |ms: &f64| *ms == 0.0 || CPU_MS.contains(ms);
    // Of -0 nobody wants to see the sign.
    typed.parse().ok().filter(within).map(f64::abs).ok_or_else(|| {
        let (least, most) = (CPU_MS.start(), CPU_MS.end());
        format!("must be a number of milliseconds: 0, or from {least} to {most}")
    })
}

/// `20`.
pub(super) fn wait_ms(typed: &str) -> Result<u64, String> {
    whole(typed, &fetch::THINK_MS, " of milliseconds")
}

/// `100`.
pub(super) fn tasks(typed: &str) -> Result<u64, String> {
    whole(typed, &TASKS, "")
}

fn whole(typed: &str, within: &RangeInclusive<u64>, of: &str) -> Result<u64, String> {
    typed.parse().ok().filter(|number| within.contains(number)).ok_or_else(|| {
        format!("must be a whole number{of} from {} to {}", within.start(), within.end())
    })
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
    bytes
        .filter(|bytes| *bytes >= LEAST_MEMORY)
        .ok_or_else(|| "must be a whole number and its unit, from 1M on: 512M or 2G".into())
}

/// `10%`, `0.1` or `none`.
pub(super) fn share(typed: &str) -> Result<f64, String> {
    let share = match typed.strip_suffix('%') {
        Some(percent) => percent.trim().parse().ok().map(|percent: f64| percent / 100.0),
        None if typed == "none" => Some(0.0),
        None => typed.parse().ok(),
    };
    let share = share.filter(|share| (0.0..=1.0).contains(share)).map(f64::abs);
    share.ok_or_else(|| "must be a share of the computing: none, 10%, or 0.1".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_shares_are_read_as_people_write_them() {
        assert_eq!(memory("512M"), Ok(512 << 20));
        assert_eq!(memory("2GiB"), Ok(2 << 30));
        assert_eq!(memory("2000000"), Ok(2_000_000));
        assert_eq!((share("10%"), share("0.1"), share("none")), (Ok(0.1), Ok(0.1), Ok(0.0)));
        for wrong in ["", "M", "0", "-1M", "5X", "10", "1KiB", "1.5G", "99999999999G"] {
            assert!(memory(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "110%", "-1", "some", "nan"] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_have_bounds_and_each_says_which() {
        assert_eq!((cpu_ms("1.5"), cpu_ms("0"), cpu_ms("1e-3")), (Ok(1.5), Ok(0.0), Ok(0.001)));
        assert!(cpu_ms("-0").is_ok_and(f64::is_sign_positive));
        for wrong in ["-1", "NaN", "inf", "60000.5", "1e-300", "5ms", ""] {
            let why = cpu_ms(wrong).unwrap_err();
            let right = "must be a number of milliseconds: 0, or from 0.000001 to 60000";
            assert_eq!(why, right, "{wrong}");
        }
        assert_eq!((wait_ms("0"), tasks("100000")), (Ok(0), Ok(100_000)));
        for wrong in ["0", "100001", "-5", "1e9", "1.5"] {
            assert_eq!(tasks(wrong).unwrap_err(), "must be a whole number from 1 to 100000");
        }
        let right = "must be a whole number of milliseconds from 0 to 60000";
        assert_eq!(wait_ms("0.5").unwrap_err(), right);
    }
}
