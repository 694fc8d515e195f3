//! How busy the machine is, as far as it tells.

use std::fs;

/// How many wanted a core, on average over the last 1, 5 and 15 minutes (proc_loadavg(5)), and how
/// many cores there are.
#[must_use]
pub fn load() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let told = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    match *told.split_whitespace().collect::<Vec<_>>() {
        [one, five, fifteen, ..] => format!("{one}, {five}, {fifteen} on {cores} cores"),
        _ => format!("not told here, on {cores} cores"),
    }
}
