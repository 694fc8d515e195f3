//! The child processes of this one that are alive, as Linux tells of them. What those cost that have
//! ended and were waited for, `getrusage` adds up.

use std::fs;
use std::path::PathBuf;

/// Where the system tells of each child that is alive.
fn all() -> impl Iterator<Item = PathBuf> {
    let parent = std::process::id().to_string();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.path());
    processes.filter(move |process| {
        let stat = fs::read_to_string(process.join("stat")).unwrap_or_default();
        // Behind the name, which is in parentheses and may hold anything: the state, the parent.
        let behind = stat.rsplit_once(") ").map(|(_, behind)| behind);
        behind.and_then(|fields| fields.split(' ').nth(1)) == Some(&parent)
    })
}

/// Each child's processor time in milliseconds, its voluntary and its involuntary context switches:
/// of its first thread, which for the processes of our approaches is the only one.
pub fn counters() -> Vec<[f64; 3]> {
    let of = |process: PathBuf| {
        let times = fs::read_to_string(process.join("schedstat")).ok()?;
        let nanos: f64 = times.split(' ').next()?.parse().ok()?;
        let status = fs::read_to_string(process.join("status")).ok()?;
        let switches = |name| number(&status, name);
        Some([
            nanos / 1e6,
            switches("voluntary_ctxt_switches:")?,
            switches("nonvoluntary_ctxt_switches:")?,
        ])
    };
    // One that ends meanwhile has nothing to tell.
    all().filter_map(of).collect()
}

/// The most that each child had in memory at any time, added up, in KiB.
pub fn peak_memory_kib() -> f64 {
    let of = |process: PathBuf| number(&fs::read_to_string(process.join("status")).ok()?, "VmHWM:");
    all().filter_map(of).sum()
}

/// The number in the line of `/proc/…/status` that begins so.
pub fn number(status: &str, name: &str) -> Option<f64> {
    let value = status.lines().find_map(|line| line.strip_prefix(name))?;
    value.trim_matches(|c: char| !c.is_ascii_digit()).parse().ok()
}
