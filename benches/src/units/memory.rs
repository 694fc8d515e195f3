//! What this process and its children have of memory, as it is now.
//!
//! Linux tells it in `/proc/PID/smaps_rollup`: each page counts for the part of one that falls to
//! this process (*Pss*, proc_pid_smaps(5)), so that what processes share is counted once. What the
//! kernel keeps for a thread (its own stack, the page tables) is not in it.

use std::fs;

use crate::Result;

/// How many children are looked at, at most; the others are like them.
const LOOKED_AT: usize = 256;

/// Bytes of this process; nothing where the system doesn't tell.
pub fn ours() -> Option<f64> {
    of("self")
}

/// Bytes of so many processes, none of which differs from the others.
pub fn of_all(processes: &[i32]) -> Option<f64> {
    let step = processes.len().div_ceil(LOOKED_AT).max(1);
    let looked_at = processes.iter().step_by(step);
    let bytes: Vec<f64> =
        looked_at.map(|process| of(&process.to_string())).collect::<Option<_>>()?;
    let mean = bytes.iter().sum::<f64>() / bytes.len().max(1) as f64;
    Some(mean * processes.len() as f64)
}

fn of(process: &str) -> Option<f64> {
    let told = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let line = told.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<f64>().ok()? * 1024.0)
}

/// What each of so many units takes: `wait` has them wait, and says what there is of memory then.
/// Nothing where the system doesn't tell.
pub fn each(count: u32, wait: impl FnOnce() -> Result<Option<f64>>) -> Result<Option<f64>> {
    // To look takes memory too, the first time.
    let _ = ours();
    let before = ours();
    let after = wait()?;
    Ok(share(before, after, count))
}

/// What each of so many has added.
pub fn share(before: Option<f64>, after: Option<f64>, count: u32) -> Option<f64> {
    before.zip(after).map(|(before, after)| (after - before).max(0.0) / f64::from(count))
}
