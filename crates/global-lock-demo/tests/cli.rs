//! The command line: wrong use gets one line and status 2, and output is fit for pipes.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const LISTING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/programs/countdown.dis");
const NO_LISTING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/programs/countdown.py");

fn chapter(arguments: &[&str]) -> Command {
    let mut chapter = Command::new(env!("CARGO_BIN_EXE_global-lock-demo"));
    chapter.args(arguments).env("COLUMNS", "80");
    chapter
}

fn play(arguments: &[&str]) -> Output {
    chapter(arguments).output().expect("the chapter's program")
}

fn printed(arguments: &[&str]) -> String {
    let shown = play(arguments);
    assert!(shown.status.success() && shown.stderr.is_empty(), "{shown:?}");
    String::from_utf8(shown.stdout).unwrap()
}

#[test]
fn wrong_use_gets_one_line_that_says_what_would_be_right() {
    let cases: [(&[&str], &str); 10] = [
        (&["no-such-scene"], "the scenes are refcount"),
        (&["no-such-scene"], "reports: fidelity, run"),
        (&["--no-such-option"], "--help"),
        (&["--listing"], "--listing FILE"),
        (&["run", "--listing", "no/such/file"], "name a listing"),
        (&["run", "--listing", NO_LISTING], "countdown.py:1: "),
        (&["run", "--under", "luck"], "they are none, legacy, interval"),
        (&["beside", "--python", "no/such/file"], "name an interpreter"),
        (&["beside", "--python", LISTING], "name an interpreter"),
        (&["timeline", "--trace", "no/such/directory/file"], "name a file"),
    ];
    for (arguments, right) in cases {
        let shown = play(arguments);
        let said = String::from_utf8(shown.stderr).unwrap();
        assert_eq!(shown.status.code(), Some(2), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
        assert!(said.starts_with("global-lock-demo: ") && said.contains(right), "{said}");
        assert!(shown.stdout.is_empty(), "{arguments:?}: plays before it has read its options");
    }
}

#[test]
fn a_program_of_the_readers_own_runs_under_the_strategies_that_are_named() {
    let arguments = ["--argument", "2", "--argument", "1000", "--under", "legacy"];
    let arguments = [&["run", "--json", "--listing", LISTING], &arguments[..]].concat();
    let scene: Value = serde_json::from_str(&printed(&arguments)).unwrap();
    assert_eq!(scene["checks"][0]["held"], true, "{scene}");
    assert_eq!(scene["checks"][0]["measured"], "under 1 of 1 strategies");
}

#[test]
fn the_list_has_a_number_for_every_scene_and_none_for_a_report() {
    let list = printed(&["--list"]);
    let (scenes, reports) = list.split_once("reports, played only by name:").unwrap();
    let numbers: Vec<usize> =
        scenes.lines().filter_map(|line| line.split_whitespace().next()?.parse().ok()).collect();
    assert_eq!(numbers, Vec::from_iter(1..=11), "{list}");
    assert!(reports.contains("fidelity") && reports.contains("run"), "{list}");
}

#[test]
fn json_is_one_object_a_scene_and_nothing_else() {
    let lines = printed(&["--json", "--quick", "refcount", "run"]);
    let scenes: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<_> = scenes.iter().map(|scene| scene["scene"].as_str().unwrap()).collect();
    assert_eq!(names, ["refcount", "run"]);
    assert!(scenes.iter().all(|scene| scene["error"].is_null() && scene["quick"] == true));
}

/// Every scene, because any of them may have a line that is too long.
#[test]
fn piped_output_has_no_escapes_and_no_line_over_80_columns() {
    let text = printed(&["--quick"]);
    assert!(!text.contains('\x1b'), "{text}");
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{} columns: {line}", line.chars().count());
        assert_eq!(line, line.trim_end(), "ends in blanks");
    }
}

#[test]
fn a_reader_who_leaves_early_ends_the_play_quietly() {
    let mut chapter = chapter(&["refcount", "--quick"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(chapter.stdout.take().unwrap());
    out.read_line(&mut String::new()).unwrap();
    drop(out);
    let mut said = String::new();
    chapter.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(chapter.wait().unwrap().success());
    assert_eq!(said, "");
}

/// The processes that this one has started and that are still there.
#[cfg(target_os = "linux")]
fn children(process: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let children = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("children"));
    let listed: String = tasks.filter_map(|task| children(task).ok()).collect();
    listed.split_whitespace().filter_map(|id| id.parse().ok()).collect()
}

/// Whether it runs: who is dead and not yet buried doesn't.
#[cfg(target_os = "linux")]
fn runs(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    status.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with('Z'))
}

#[cfg(target_os = "linux")]
#[test]
fn no_interpreter_outlives_a_chapter_that_is_killed() {
    use std::time::{Duration, Instant};

    if global_lock_demo::python::Python::found().is_none() {
        eprintln!("skipped: there is no python3 here");
        return;
    }
    let mut chapter = chapter(&["beside"]).stdout(Stdio::null()).spawn().unwrap();
    let limit = Instant::now() + Duration::from_secs(60);
    // One that has been there for two looks is at work, not just being asked what it is.
    let mut before = Vec::new();
    let interpreter = loop {
        let now = children(chapter.id());
        if let Some(&there) = now.iter().find(|id| before.contains(*id)) {
            break there;
        }
        before = now;
        assert!(Instant::now() < limit, "no interpreter was started");
        std::thread::sleep(Duration::from_millis(100));
    };
    chapter.kill().unwrap();
    chapter.wait().unwrap();
    while runs(interpreter) {
        assert!(Instant::now() < limit, "process {interpreter} has outlived its parent");
        std::thread::sleep(Duration::from_millis(10));
    }
}
