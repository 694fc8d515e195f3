//! How many units there may be: what the system allows, and what does the machine no harm.

mod control_group;

use std::fs;
use std::path::Path;

use workloads::limits;

use crate::report::numbers;

/// What a unit is to the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A thread of the system's.
    Thread,
    /// A process.
    Process,
    /// A stack in memory, of which the system knows nothing else.
    Stack,
    /// An object on the heap.
    Object,
}

/// How many of a kind there may be, and by which limit.
struct Bound {
    most: u64,
    by: String,
}

impl Kind {
    /// What one takes of memory at the very most, what the kernel keeps for it included. It is
    /// generous: it decides what is refused, and nothing is measured with it.
    fn bytes(self) -> u64 {
        match self {
            Kind::Thread => 64 << 10,
            Kind::Process => 512 << 10,
            Kind::Stack => 16 << 10,
            Kind::Object => 1 << 10,
        }
    }

    fn plural(self) -> &'static str {
        match self {
            Kind::Thread => "threads",
            Kind::Process => "processes",
            Kind::Stack => "stacks",
            Kind::Object => "tasks",
        }
    }

    /// Why there can't be so many; nothing if there can.
    #[must_use]
    pub fn refuses(self, count: u64) -> Option<String> {
        let bound = self.bounds().into_iter().min_by_key(|bound| bound.most)?;
        (count > bound.most).then(|| {
            let [count, most] = [count, bound.most].map(|number| numbers::count(number as f64));
            format!("{count} {}: the system allows {most} ({})", self.plural(), bound.by)
        })
    }

    fn bounds(self) -> Vec<Bound> {
        let mut bounds = Vec::new();
        let mut add =
            |most: Option<u64>, by: String| bounds.extend(most.map(|most| Bound { most, by }));
        if let Some(free) = memory() {
            let (each, half) = (self.bytes(), free / 2);
            add(
                Some(half / each),
                format!(
                    "up to {} KiB each, in half of the {} MiB that are free",
                    each >> 10,
                    free >> 20
                ),
            );
        }
        if matches!(self, Kind::Thread | Kind::Process) {
            // These are everybody's, so half of them is left to the others.
            let half = |limit: Option<u64>| limit.map(|limit| limit / 2);
            add(half(number("/proc/sys/kernel/pid_max")), "half of kernel.pid_max".into());
            add(half(number("/proc/sys/kernel/threads-max")), "half of kernel.threads-max".into());
            add(half(control_group::pids()), "half of what the control group leaves".into());
            #[cfg(target_os = "linux")]
            add(half(of_user()), "half of ulimit -u".into());
            if !cfg!(target_os = "linux") {
                add(Some(1_000), "more is tried only on Linux, which tells its limits".into());
            }
        }
        if self == Kind::Thread {
            // A stack and the stack on which its overflow is reported, and a guard page each.
            let maps = number("/proc/sys/vm/max_map_count").map(|maps| maps / 4);
            add(maps, "a quarter of vm.max_map_count: a thread has four mappings".into());
        }
        if self == Kind::Process {
            let files = limits::allow_many_files().saturating_sub(100);
            add(Some(files), "ulimit -n: the parent has a file open for each".into());
        }
        bounds
    }
}

/// Bytes that can be had.
fn memory() -> Option<u64> {
    let told = fs::read_to_string("/proc/meminfo").ok()?;
    let line = told.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let free = line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024;
    Some(free.min(control_group::memory().unwrap_or(u64::MAX)))
}

fn number(path: impl AsRef<Path>) -> Option<u64> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

#[cfg(target_os = "linux")]
fn of_user() -> Option<u64> {
    use nix::sys::resource::{Resource, getrlimit};
    getrlimit(Resource::RLIMIT_NPROC).ok().map(|(soft, _)| soft)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_is_not_refused_and_what_cannot_has_a_reason() {
        for kind in [Kind::Thread, Kind::Process, Kind::Stack, Kind::Object] {
            assert_eq!(kind.refuses(1), None);
            if cfg!(target_os = "linux") {
                let why = kind.refuses(100_000_000_000).expect("so many are nowhere");
                assert!(why.starts_with("100,000,000,000 ") && why.contains("allows"), "{why}");
            }
        }
    }
}
