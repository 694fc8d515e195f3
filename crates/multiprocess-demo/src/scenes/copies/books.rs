//! The kernel's books about a process's memory (proc(5)), in bytes.

use std::fs;

/// What they say of this process.
#[derive(Debug, Clone, Copy)]
pub struct Books {
    /// Pages that other processes have too.
    pub shared: u64,
    /// Pages that it has alone, and has written to.
    pub own: u64,
    /// All pages, each divided by the number of those who have it (proportional set size).
    pub pss: u64,
    /// The tables that say which page is where.
    pub tables: u64,
}

impl Books {
    /// This process's; nothing on a system that keeps no such books.
    pub fn open() -> Option<Books> {
        let rollup = fs::read_to_string("/proc/self/smaps_rollup").ok()?;
        let status = fs::read_to_string("/proc/self/status").ok()?;
        Some(Books {
            shared: bytes(&rollup, "Shared_Clean:")? + bytes(&rollup, "Shared_Dirty:")?,
            own: bytes(&rollup, "Private_Dirty:")?,
            pss: bytes(&rollup, "Pss:")?,
            tables: bytes(&status, "VmPTE:")?,
        })
    }
}

/// The figure of this name, which is given in kB.
fn bytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}
