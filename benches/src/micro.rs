//! The micro-benchmarks: run by criterion, read from what it leaves behind.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Result;
use crate::interrupt::Interrupt;
use crate::process::{Child, under_us};
use crate::progress::Progress;

/// The groups that a quick run measures, of each chapter the one that says most.
const QUICK: [&str; 6] = [
    "primes",
    "empty region, hot",
    "recorder",
    "dispatch",
    "yield among 1,000 tasks",
    "switch, there and back",
];

/// A benchmark's median, with the bounds between which criterion is 95 % sure that it lies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Group and contestant: `primes/Pool::share`.
    pub id: String,
    /// In nanoseconds.
    pub median_ns: f64,
    /// The lower bound, in nanoseconds.
    pub low_ns: f64,
    /// The upper bound, in nanoseconds.
    pub high_ns: f64,
}

/// Where cargo builds, and so where criterion writes: `target` of this workspace.
#[must_use]
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("target"),
        PathBuf::from,
    )
}

/// Where [`run`] puts its figures.
#[must_use]
pub fn ours() -> PathBuf {
    target().join("bench-criterion")
}

/// Where the figures of the last run are: `CRITERION_HOME` if that is set, or else [`ours`], or
/// else where a plain `cargo bench` puts them.
#[must_use]
pub fn home() -> PathBuf {
    let ours = ours();
    match std::env::var_os("CRITERION_HOME") {
        Some(told) => told.into(),
        None if ours.exists() => ours,
        None => target().join("criterion"),
    }
}

/// Removes the figures of an earlier run, so that none of them is taken for one of this.
///
/// # Errors
/// If they can't be removed.
pub fn clear() -> Result {
    match fs::remove_dir_all(ours()) {
        Err(why) if why.kind() != ErrorKind::NotFound => {
            Err(format!("bench-criterion in cargo's target directory: {why}").into())
        }
        _ => Ok(()),
    }
}

/// Builds the benchmarks and runs them all. What criterion
/// says goes to the file `log`. Call this on the main thread (see [`Child::start`]).
///
/// # Errors
/// If they can't be built or run, or if they are interrupted.
pub fn run(log: &Path, quick: bool, interrupt: &Interrupt, progress: &mut Progress) -> Result {
    let home = ours();
    let mut log = File::create(log)?;
    // An expression that finds the ids of these groups, and no others.
    let filter = quick.then(|| format!("^({})/", QUICK.join("|")));
    let mut programs = Vec::new();
    for program in built(interrupt)? {
        let mut listed = Vec::new();
        let mut list = under_us(&program)?;
        list.args(["--bench", "--list"]).args(&filter);
        talk(&mut list, interrupt, |line| {
            listed.extend(line.strip_suffix(": benchmark").map(str::to_owned));
        })?;
        if !listed.is_empty() {
            programs.push((program, listed));
        }
    }
    let names = programs.iter().flat_map(|(_, listed)| listed.clone());
    progress.part(names.collect());
    progress.step();
    for (program, _) in &programs {
        let mut bench = under_us(program)?;
        bench.arg("--bench").args(&filter).env("CRITERION_HOME", &home).stderr(Stdio::null());
        bench.env("BENCH_QUICK", if quick { "1" } else { "0" });
        talk(&mut bench, interrupt, |line| {
            let _ = writeln!(log, "{line}");
            if line.contains("time:   [") {
                progress.step_within();
            }
        })?;
        progress.look();
    }
    progress.step();
    Ok(())
}

/// The benchmarks, as cargo builds them; what cargo says meanwhile is shown.
fn built(interrupt: &Interrupt) -> Result<Vec<PathBuf>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = under_us(Path::new(&cargo))?;
    command.args(["bench", "-p", env!("CARGO_PKG_NAME"), "--no-run", "--message-format=json"]);
    command.arg("--manifest-path").arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"));
    let mut programs = Vec::new();
    talk(&mut command, interrupt, |line| {
        let told: Value = serde_json::from_str(line).unwrap_or_default();
        if told["target"]["kind"][0] == "bench" {
            programs.extend(told["executable"].as_str().map(PathBuf::from));
        }
    })?;
    Ok(programs)
}

fn talk(command: &mut Command, interrupt: &Interrupt, mut hear: impl FnMut(&str)) -> Result {
    let mut child = Child::start(command, None, interrupt)?;
    while let Some(line) = child.line() {
        hear(line.trim_end());
    }
    match child.end() {
        Ok(()) => Ok(()),
        Err(trouble) => Err(format!("{}: {}", trouble.name(), trouble.why()).into()),
    }
}

/// All estimates below this directory, in the order of their names.
#[must_use]
pub fn estimates(home: &Path) -> Vec<Estimate> {
    let mut estimates = Vec::new();
    let mut directories = vec![home.to_owned()];
    while let Some(directory) = directories.pop() {
        if directory.ends_with("new") {
            estimates.extend(estimate(&directory));
            continue;
        }
        let entries = fs::read_dir(&directory).into_iter().flatten().flatten();
        directories.extend(entries.map(|entry| entry.path()).filter(|path| path.is_dir()));
    }
    estimates.sort_by(|a, b| a.id.cmp(&b.id));
    estimates
}

fn estimate(directory: &Path) -> Option<Estimate> {
    let read = |file: &str| -> Option<Value> {
        serde_json::from_slice(&fs::read(directory.join(file)).ok()?).ok()
    };
    let (benchmark, estimates) = (read("benchmark.json")?, read("estimates.json")?);
    let median = &estimates["median"];
    Some(Estimate {
        id: benchmark["full_id"].as_str()?.to_owned(),
        median_ns: median["point_estimate"].as_f64()?,
        low_ns: median["confidence_interval"]["lower_bound"].as_f64()?,
        high_ns: median["confidence_interval"]["upper_bound"].as_f64()?,
    })
}
