//! What one more unit costs, as its users run it. No test looks at a time.

mod common;

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use common::{Out, quick};
use serde_json::Value;

const MODELS: [&str; 10] = [
    "threads",
    "pool",
    "rayon",
    "global lock",
    "processes",
    "event loop",
    "tokio",
    "async-std",
    "smol",
    "green threads",
];

#[test]
fn every_model_is_there_at_every_count_and_what_is_missing_has_a_reason() {
    let (out, asked) = (Out::new("units"), Out::new("units-python"));
    let mut units = quick("units", &out.0, &[]);
    units.env("PATH", path_with_a_python_that_leaves_a_mark(&asked.0));
    let run = units.output().expect("a run");
    assert!(!asked.0.join("mark").exists(), "no interpreter is asked what it is");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let json = out.json();
    let units = json["units"].as_array().expect("units");
    let names = |count: u64| {
        let of = units.iter().filter(move |unit| unit["count"] == count);
        Vec::from_iter(of.filter_map(|unit| unit["approach"].as_str()))
    };
    for count in [1, 100, 10_000, 100_000] {
        assert_eq!(names(count), MODELS, "{count}");
    }
    for unit in units {
        let figures = unit["figures"].as_object().expect("figures");
        if unit["status"] == "done" {
            complete(unit);
        } else {
            assert!(unit["why"].as_str().is_some_and(|why| !why.is_empty()), "{unit}");
            assert!(unit["status"] != "failed" && figures.is_empty(), "{unit}");
        }
        // A few of each there can be everywhere.
        assert!(unit["count"].as_u64() > Some(100) || unit["status"] == "done", "{unit}");
    }
    let shown = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(shown.contains("A unit: memory while it waits"), "{shown}");
}

/// The `PATH`, with a directory before it where `python3` is a script.
fn path_with_a_python_that_leaves_a_mark(directory: &Path) -> OsString {
    fs::create_dir_all(directory).expect("a directory");
    let script = directory.join("python3");
    fs::write(&script, "#!/bin/sh\ntouch \"$(dirname \"$0\")/mark\"\n").expect("a script");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("a program");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let before = [directory.to_owned()].into_iter();
    std::env::join_paths(before.chain(std::env::split_paths(&path))).expect("a PATH")
}

/// All figures that this kind has, each a positive number; what a few units take of memory may be
/// no page at all.
fn complete(unit: &Value) {
    let value = |name: &str| unit["figures"][name]["median"].as_f64();
    assert!(value("spawn_ns") > Some(0.0), "{unit}");
    let runs_to_its_end = ["pool", "rayon"].iter().any(|name| unit["approach"] == *name);
    let no_pipes = unit["approach"] == "processes" && unit["count"].as_u64() > Some(1_000);
    assert_eq!(value("switch_ns").is_none(), runs_to_its_end || no_pipes, "{unit}");
    if cfg!(target_os = "linux") {
        let least = if unit["count"].as_u64() >= Some(10_000) { 1.0 } else { 0.0 };
        assert!(value("memory_bytes") >= Some(least), "{unit}");
    }
}
