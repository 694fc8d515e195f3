//! What Linux tells of a process: proc(5). Nothing is told elsewhere, or of one that is gone.

use std::fs;

use nix::unistd::Pid;

/// R: runs, or would; S: sleeps; T: stopped; Z: has ended, and its parent has not waited for it.
#[must_use]
pub fn state(pid: Pid) -> Option<char> {
    stat(pid)?.chars().next()
}

/// Who waits for it when it ends.
#[must_use]
pub fn parent(pid: Pid) -> Option<Pid> {
    let stat = stat(pid)?;
    stat.split_whitespace().nth(1)?.parse().ok().map(Pid::from_raw)
}

/// How many threads it has.
#[must_use]
pub fn threads(pid: Pid) -> Option<usize> {
    fs::read_dir(format!("/proc/{pid}/task")).map(Iterator::count).ok()
}

/// All children of a process, dead ones too.
#[must_use]
pub fn children(of: Pid) -> Vec<Pid> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.map(Pid::from_raw).filter(|&pid| parent(pid) == Some(of)).collect()
}

/// What stands behind the name, which may have blanks and parentheses in it.
fn stat(pid: Pid) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(stat.rsplit_once(") ")?.1.to_owned())
}

/// How much memory it has, in KiB: none, if it has ended.
#[must_use]
pub fn memory(pid: Pid) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(0)
}
