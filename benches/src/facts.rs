//! What the figures are of: the machine and its system.

use std::fs;
use std::process::Command;

use serde::{Deserialize, Serialize};
use threading_demo::solve::cores;

/// The machine's facts; what it does not tell is "unknown".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The processor's model.
    pub cpu: String,
    /// How many cores this process may use.
    pub cores: usize,
    /// The system's name and release.
    pub kernel: String,
    /// The compiler's version.
    pub rustc: String,
    /// The load averages over 1, 5 and 15 minutes before the run.
    pub load_before: String,
    /// And after it.
    pub load_after: String,
}

impl Facts {
    /// The facts as they are now, before the run.
    #[must_use]
    pub fn gather() -> Facts {
        let load = load();
        Facts {
            cpu: cpu().unwrap_or_else(unknown),
            cores: cores(),
            kernel: said("uname", &["-sr"]).unwrap_or_else(unknown),
            rustc: said("rustc", &["--version"]).unwrap_or_else(unknown),
            load_after: load.clone(),
            load_before: load,
        }
    }

    /// Notes the load after the run.
    pub fn now_after(&mut self) {
        self.load_after = load();
    }

    /// In lines.
    #[must_use]
    pub fn lines(&self) -> [String; 3] {
        let Facts { cpu, cores, kernel, rustc, load_before, load_after } = self;
        [
            format!("{cpu}, {cores} cores, {kernel}"),
            rustc.clone(),
            format!("load average {load_before} before, {load_after} after"),
        ]
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
