//! What a process holds, as Linux's /proc tells it.
#![cfg(target_os = "linux")]

use std::{fs, io};

/// In KiB, but for the mappings: of this process, except the kernel's stacks, which are those of
/// all threads there are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    pub(super) addresses: usize,
    pub(super) resident: usize,
    pub(super) page_tables: usize,
    pub(super) kernel_stacks: usize,
    pub(super) mappings: usize,
}

impl Held {
    /// From proc(5): a line is `VmRSS:      1234 kB`. `VmRSS` is counted by core and summed up now
    /// and then, so the exact figure is taken from `smaps_rollup`.
    pub(super) fn now() -> io::Result<Held> {
        let process = fs::read_to_string("/proc/self/status")?;
        let system = fs::read_to_string("/proc/meminfo")?;
        let exact = fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
        let resident = figure(&exact, "Rss:").or_else(|| figure(&process, "VmRSS:"));
        Ok(Held {
            addresses: figure(&process, "VmSize:").unwrap_or(0),
            resident: resident.unwrap_or(0),
            page_tables: figure(&process, "VmPTE:").unwrap_or(0),
            kernel_stacks: figure(&system, "KernelStack:").unwrap_or(0),
            mappings: fs::read_to_string("/proc/self/maps")?.lines().count(),
        })
    }

    pub(super) fn more_than(&self, before: &Held) -> Held {
        Held {
            addresses: self.addresses.saturating_sub(before.addresses),
            resident: self.resident.saturating_sub(before.resident),
            page_tables: self.page_tables.saturating_sub(before.page_tables),
            kernel_stacks: self.kernel_stacks.saturating_sub(before.kernel_stacks),
            mappings: self.mappings.saturating_sub(before.mappings),
        }
    }
}

fn figure(text: &str, name: &str) -> Option<usize> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found_by_name() {
        let text = "VmPTE:\t     88 kB\nVmRSS:\t   2044 kB\n";
        assert_eq!(figure(text, "VmRSS:"), Some(2044));
        assert_eq!(figure(text, "VmHWM:"), None);
    }
}
