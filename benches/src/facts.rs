//! What the figures are of: the machine and its system.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde::{Deserialize, Serialize};
use threading_demo::solve::cores;

use crate::others::{MUCH, Others};

/// The machine's facts; what it does not tell is "unknown".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The processor's model.
    pub cpu: String,
    /// How many cores this process may use.
    pub cores: usize,
    /// How many the machine has that are on.
    #[serde(default)]
    pub cores_online: usize,
    /// Who sets their clock: `performance`, `powersave`, …; `unknown` mostly in a virtual machine.
    #[serde(default)]
    pub governor: String,
    /// All memory, in MiB.
    #[serde(default)]
    pub memory_mib: u64,
    /// The system's name and release.
    pub kernel: String,
    /// The compiler's version.
    pub rustc: String,
    /// The load averages over 1, 5 and 15 minutes before the run.
    pub load_before: String,
    /// And after it.
    pub load_after: String,
    /// What share of the processors' time others had during the run, the hypervisor included; from 0
    /// to 1, or null where the system doesn't tell.
    #[serde(default)]
    pub others_share: Option<f64>,
    /// The largest such share between two steps of the run.
    #[serde(default)]
    pub others_most: Option<f64>,
    /// The versions of the crates that are compared, by name.
    #[serde(default)]
    pub versions: BTreeMap<String, String>,
}

/// The crates that are compared, or compare.
const CRATES: [&str; 11] = [
    "async-std",
    "corosensei",
    "criterion",
    "crossbeam-channel",
    "ipc-channel",
    "may",
    "mio",
    "parking_lot",
    "rayon",
    "smol",
    "tokio",
];

/// What cargo has built this with.
const LOCK: &str = include_str!("../../Cargo.lock");

impl Facts {
    /// The facts as they are now, before the run.
    #[must_use]
    pub fn gather() -> Facts {
        let load = load();
        Facts {
            cpu: cpu().unwrap_or_else(unknown),
            cores: cores(),
            cores_online: number(&["getconf", "_NPROCESSORS_ONLN"]).unwrap_or_default(),
            governor: governor().unwrap_or_else(unknown),
            memory_mib: memory_mib().unwrap_or_default(),
            kernel: said("uname", &["-sr"]).unwrap_or_else(unknown),
            rustc: said("rustc", &["--version"]).unwrap_or_else(unknown),
            load_after: load.clone(),
            load_before: load,
            others_share: None,
            others_most: None,
            versions: versions(LOCK),
        }
    }

    /// Notes the load after the run, and what others had of the machine during it.
    pub fn now_after(&mut self, others: &Others) {
        self.load_after = load();
        (self.others_share, self.others_most) = (others.share(), others.most());
    }

    /// That others had much of the machine, if they had.
    #[must_use]
    pub fn disturbed(&self) -> Option<String> {
        let (share, most) = (self.others_share?, self.others_most?);
        (most > MUCH).then(|| {
            let percent = |share: f64| (share * 100.0).round();
            format!(
                "Others had {} % of the processors' time during this run, and up to {} % for a while: \
                 times are longer and less even than they would be alone.",
                percent(share),
                percent(most)
            )
        })
    }

    /// In lines.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let Facts { cpu, cores, cores_online, governor, memory_mib, kernel, .. } = self;
        let Facts { rustc, load_before, load_after, others_share, versions, .. } = self;
        let versions = versions.iter().map(|(name, version)| format!("{name} {version}"));
        let others = others_share
            .map(|share| format!("; others had {:.0} % of the processors' time", share * 100.0));
        // Old records don't have them all.
        let cores = match cores_online {
            0 => format!("{cores} cores"),
            online => format!("{cores} of {online} cores"),
        };
        let memory = if *memory_mib > 0 { format!(", {memory_mib} MiB") } else { String::new() };
        let governor = if governor.is_empty() { "unknown" } else { governor };
        let lines = [
            format!("{cpu}, {cores}{memory}, {kernel}"),
            format!("governor {governor}"),
            rustc.clone(),
            Vec::from_iter(versions).join(", "),
            format!(
                "load average {load_before} before, {load_after} after{}",
                others.unwrap_or_default()
            ),
        ];
        lines.into_iter().filter(|line| !line.is_empty()).collect()
    }
}

fn unknown() -> String {
    "unknown".into()
}

fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && !said.is_empty()).then_some(said)
}

fn number<T: std::str::FromStr>(command: &[&str]) -> Option<T> {
    let [program, arguments @ ..] = command else { return None };
    said(program, arguments)?.parse().ok()
}

fn governor() -> Option<String> {
    let told = fs::read_to_string("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").ok()?;
    Some(told.trim().to_owned())
}

fn memory_mib() -> Option<u64> {
    let told = fs::read_to_string("/proc/meminfo").ok();
    let line =
        told.as_ref().and_then(|told| told.lines().find_map(|l| l.strip_prefix("MemTotal:")));
    match line {
        Some(kib) => Some(kib.trim().strip_suffix(" kB")?.parse::<u64>().ok()? >> 10),
        None => Some(number::<u64>(&["sysctl", "-n", "hw.memsize"])? >> 20),
    }
}

/// The versions that a `Cargo.lock` names for [`CRATES`]; of several the last.
fn versions(lock: &str) -> BTreeMap<String, String> {
    let mut versions = BTreeMap::new();
    for package in lock.split("[[package]]") {
        let field = |name: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(name))?;
            Some(line.strip_prefix(" = \"")?.strip_suffix('"')?.to_owned())
        };
        if let Some((name, version)) = field("name").zip(field("version"))
            && CRATES.contains(&name.as_str())
        {
            versions.insert(name, version);
        }
    }
    versions
}

fn cpu() -> Option<String> {
    let read = fs::read_to_string("/proc/cpuinfo").ok();
    let line = read.as_ref().and_then(|read| read.lines().find(|l| l.starts_with("model name")));
    match line.and_then(|line| line.split_once(':')) {
        Some((_, model)) => Some(model.trim().to_owned()),
        None => said("sysctl", &["-n", "machdep.cpu.brand_string"]),
    }
}

fn load() -> String {
    let read = fs::read_to_string("/proc/loadavg").ok().or_else(|| {
        // macOS: `{ 1.52 1.61 1.70 }`.
        said("sysctl", &["-n", "vm.loadavg"]).map(|said| said.replace(['{', '}'], ""))
    });
    let words: Vec<_> = read.iter().flat_map(|read| read.split_whitespace()).take(3).collect();
    if words.is_empty() { unknown() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_are_those_of_the_lock_file() {
        let versions = versions(LOCK);
        assert_eq!(Vec::from_iter(versions.keys()), CRATES);
        assert!(versions.values().all(|version| version.starts_with(|c: char| c.is_ascii_digit())));
    }

    #[test]
    fn what_an_old_record_lacks_is_not_said() {
        let mut facts = Facts::gather();
        (facts.cores, facts.cores_online, facts.memory_mib) = (2, 0, 0);
        (facts.versions, facts.others_share) = (BTreeMap::new(), Some(0.12));
        let lines = facts.lines();
        assert!(lines[0].contains(", 2 cores, ") && !lines[0].contains("MiB"), "{lines:?}");
        assert!(lines.iter().all(|line| !line.is_empty()), "{lines:?}");
        let last = lines.last().unwrap();
        assert!(last.ends_with("; others had 12 % of the processors' time"), "{last}");
    }

    #[test]
    fn others_are_mentioned_if_they_had_much() {
        let mut facts = Facts::gather();
        assert_eq!(facts.disturbed(), None);
        (facts.others_share, facts.others_most) = (Some(0.02), Some(0.09));
        assert_eq!(facts.disturbed(), None);
        facts.others_most = Some(0.42);
        assert!(facts.disturbed().is_some_and(|said| said.contains("up to 42 %")));
    }
}
