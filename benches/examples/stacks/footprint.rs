//! What this process has of memory.

use std::fs;

/// As the system counts it.
pub struct Footprint {
    resident_kib: f64,
    page_tables_kib: f64,
    mappings: usize,
}

/// Now. Nothing where the system doesn't tell.
pub fn now() -> Option<Footprint> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let kib = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().split(' ').next()?.parse().ok()
    };
    Some(Footprint {
        resident_kib: kib("VmRSS:")?,
        page_tables_kib: kib("VmPTE:")?,
        mappings: fs::read_to_string("/proc/self/maps").ok()?.lines().count(),
    })
}

impl Footprint {
    /// What each of so many has added; and the mappings that there are, all of them.
    pub fn since(&self, before: &Footprint, threads: usize) -> [String; 3] {
        let each = |now: f64, before: f64| format!("{:.2}", (now - before) / threads as f64);
        [
            each(self.resident_kib, before.resident_kib),
            each(self.page_tables_kib, before.page_tables_kib),
            self.mappings.to_string(),
        ]
    }
}
