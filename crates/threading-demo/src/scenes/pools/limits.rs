//! How many threads there may be: several limits, and the least of them counts.

use std::fs;

use stage::{Stage, Table};

/// A limit, in threads.
struct Limit {
    threads: u64,
    name: &'static str,
    /// What it counts.
    what: &'static str,
}

pub(super) fn play(stage: &mut Stage<'_>) {
    let limits = limits();
    stage.say("How many threads may there be? The least of these, long before memory is full:");
    let mut table = Table::new(["threads", "limit", "of what"]);
    for limit in &limits {
        table.row([&limit.threads.to_string(), limit.name, limit.what]);
    }
    stage.table(&table);
    let Some(least) = limits.first() else {
        stage.say("This system tells of none.");
        return;
    };
    stage.check(
        "a thread for each of a million clients is more than there may be",
        format!("{} by {}", least.threads, least.name),
        least.threads < 1_000_000,
        "Somebody raised all of them: then memory is the limit.",
    );
}

/// Those that are set, the least first.
fn limits() -> Vec<Limit> {
    let limit =
        |threads: Option<u64>, name, what| threads.map(|threads| Limit { threads, name, what });
    let mut limits: Vec<_> = [
        limit(user(), "ulimit -u", "the user's; root is exempt"),
        limit(number("/proc/sys/kernel/threads-max"), "kernel.threads-max", "the whole system's"),
        limit(number("/proc/sys/kernel/pid_max"), "kernel.pid_max", "each thread has a number"),
        limit(
            number("/proc/sys/vm/max_map_count").map(|maps| maps / 4),
            "vm.max_map_count / 4",
            "two stacks with a guard page each",
        ),
        limit(control_group(), "cgroup pids.max", "the container's or the session's"),
    ]
    .into_iter()
    .flatten()
    .collect();
    limits.sort_by_key(|limit| limit.threads);
    limits
}

/// What the system allows the user; where that counts threads, not processes.
#[cfg(target_os = "linux")]
fn user() -> Option<u64> {
    use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit};
    let (soft, _) = getrlimit(Resource::RLIMIT_NPROC).ok()?;
    (soft != RLIM_INFINITY).then_some(soft)
}

#[cfg(not(target_os = "linux"))]
fn user() -> Option<u64> {
    None
}

fn number(path: &str) -> Option<u64> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// The least `pids.max` of this process's control group and those around it (cgroups(7)).
fn control_group() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    // Version 2 has one line, `0::/path`; version 1 has one for the controller `pids`.
    let paths = groups.lines().filter_map(|line| {
        let (_, rest) = line.split_once(':')?;
        let (controllers, path) = rest.split_once(':')?;
        match controllers {
            "" => Some(("/sys/fs/cgroup", path)),
            "pids" => Some(("/sys/fs/cgroup/pids", path)),
            _ => None,
        }
    });
    let limits = paths.flat_map(|(root, path)| {
        let around = std::path::Path::new(path.trim_start_matches('/')).ancestors();
        around.filter_map(move |group| {
            number(std::path::Path::new(root).join(group).join("pids.max").to_str()?)
        })
    });
    limits.min()
}
