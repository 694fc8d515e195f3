//! `choose` as its users run it. No test looks at a time.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::{fs, str};

use serde_json::Value;

/// A target directory of its own, so a calibration of its own; gone at the end of the test.
struct Target(PathBuf);

impl Target {
    fn new(test: &str) -> Target {
        let unique = format!("benches-choose-{}-{test}", std::process::id());
        Target(std::env::temp_dir().join(unique))
    }

    fn choose(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_benches"));
        command.arg("choose").args(arguments).env("CARGO_TARGET_DIR", &self.0);
        command.env("COLUMNS", "80").output().expect("a run")
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).expect("text")
}

#[test]
fn wrong_use_is_one_line_and_status_2_and_measures_nothing() {
    let target = Target::new("wrong-use");
    let job = ["--cpu-ms", "5", "--wait-ms", "20", "--tasks", "100"];
    let with = |more: &[&'static str]| [&job[..], more].concat();
    for (arguments, said) in [
        (vec![], "missing: --cpu-ms, --wait-ms, --tasks;"),
        (vec!["--explain"], "a job needs --cpu-ms, --wait-ms and --tasks"),
        (vec!["--cpu-ms", "5", "--tasks", "1"], "missing: --wait-ms;"),
        (vec!["--cpu-ms", "-1"], "'-1' for '--cpu-ms <MS>': must be a number"),
        (vec!["--cpu-ms", "NaN"], "must be a number of milliseconds: 0, or from"),
        (vec!["--wait-ms", "0.5"], "must be a whole number of milliseconds from 0 to"),
        (vec!["--cpu-ms", "0", "--wait-ms", "0", "--tasks", "1"], "a task must wait or compute"),
        (vec!["--tasks", "0"], "must be a whole number from 1 to"),
        (vec!["--tasks", "-5"], "must be a whole number from 1 to"),
        (vec!["--tasks", "1000000000"], "must be a whole number from 1 to"),
        (with(&["--memory", "10"]), "must be a whole number and its unit, from 1M on"),
        (with(&["--shared-state", "110%"]), "must be a share of the computing"),
        (
            vec!["--cpu-ms", "1", "--wait-ms", "0", "--tasks", "9", "--blocking-library"],
            "--blocking-library is about the waiting, and --wait-ms is 0",
        ),
        (with(&["--isolated"]), "unexpected argument '--isolated'"),
        (with(&["check"]), "'check' cannot be used with: --cpu-ms <MS> --wait-ms <MS>"),
        (vec!["check", "--jobs", "0"], "0 is not in 1..=1000"),
    ] {
        let run = target.choose(&arguments);
        let error = text(&run.stderr);
        assert_eq!((run.status.code(), error.lines().count()), (Some(2), 1), "{error}");
        assert!(error.contains(said), "{error}");
        assert!(!target.0.exists(), "{arguments:?} has measured, or left something");
    }
}

#[test]
fn a_job_is_predicted_explained_and_done_and_the_calibration_is_kept() {
    let target = Target::new("predicted");
    let job = ["--cpu-ms", "1", "--wait-ms", "20", "--tasks", "40"];
    let run = target.choose(&[&job[..], &["--explain", "--memory", "64G"]].concat());
    assert!(run.status.success(), "{}", text(&run.stderr));
    let shown = text(&run.stdout);
    assert!(shown.contains("Measuring this machine first"), "{shown}");
    assert!(shown.contains("1. Can it be split at all? yes: into 40 tasks"), "{shown}");
    assert!(shown.contains("Take "), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");

    let file = target.0.join("bench-calibration.json");
    let Ok(kept) = fs::read(&file) else {
        // On a machine that others use it is good for this once, and marked.
        let words = Vec::from_iter(shown.split_whitespace()).join(" ");
        assert!(words.contains("Calibrated while others had"), "{shown}");
        return;
    };
    let json = |run: &Output| -> Value {
        assert!(run.status.success(), "{}", text(&run.stderr));
        serde_json::from_slice(&run.stdout).expect("valid JSON")
    };
    let verified = json(&target.choose(&[&job[..], &["--verify", "--json"]].concat()));
    assert_eq!(fs::read(&file).expect("a calibration"), kept, "it was not taken again");
    let rows = verified["approaches"].as_array().expect("rows");
    assert_eq!(rows.len(), 12);
    for row in rows {
        assert!(row["wall_ms"].as_f64() > Some(20.0), "no wait is shorter: {row}");
        assert!(row["measured"]["wall_ms"].as_f64() > Some(20.0), "{row}");
        assert!(row["why"].as_str().is_some_and(|why| !why.is_empty()), "{row}");
    }

    fs::write(&file, &kept[..kept.len() / 2]).expect("a broken calibration");
    let isolated = json(&target.choose(&[&job[..], &["--isolation", "--json"]].concat()));
    // Taken while others had much of the machine, it is good for this once too: then it is told, and not kept.
    let told = &isolated["calibration"];
    assert!(told["approaches"].is_object(), "what was broken is taken again: {isolated}");
    if isolated["doubt"].is_null() {
        let anew = fs::read(&file).expect("a calibration");
        assert_eq!(serde_json::from_slice::<Value>(&anew).ok().as_ref(), Some(told), "and is kept");
    }
    let first = &isolated["approaches"][0];
    assert_eq!((&first["approach"], &first["excluded"]), (&"processes".into(), &Value::Null));
    assert!(isolated["approaches"][1]["excluded"].is_string(), "{isolated}");
}

#[test]
fn a_check_tells_of_every_job() {
    let target = Target::new("check");
    let run = target.choose(&["check", "--jobs", "2", "--seed", "3", "--rounds", "1"]);
    assert!(run.status.success(), "{}", text(&run.stderr));
    let shown = text(&run.stdout);
    for said in
        ["first choice the best or within 10 % of it:", "of 2 jobs", "seed 3", "load average"]
    {
        assert!(shown.contains(said), "{said}: {shown}");
    }
}
