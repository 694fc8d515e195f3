//! The command line: wrong use gets one line and status 2, and output is fit for pipes.

mod common;

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use common::{Scratch, play};

#[test]
fn wrong_use_gets_one_line_that_says_what_would_be_right() {
    let scratch = Scratch::new();
    let missing = scratch.path().join("missing");
    let file = scratch.path().join("file");
    std::fs::write(&file, "no directory").unwrap();
    let trace = missing.join("trace.json");
    let cases: [(&[&str], Option<&Path>, &str); 9] = [
        (&["no-such-scene"], None, "the scenes are spawn"),
        (&["0"], None, "the scenes are spawn"),
        (&["--no-such-option"], None, "--help"),
        (&["-x"], None, "--help"),
        (&["--path"], None, "--path DIR"),
        (&["--trace"], None, "--trace FILE"),
        (&["files", "--path"], Some(&missing), "name a directory"),
        (&["spawn", "--path"], Some(&file), "name a directory"),
        (&["spawn", "--trace"], Some(&trace), "name a file"),
    ];
    for (arguments, last, right) in cases {
        let shown = play(arguments, last);
        let said = String::from_utf8(shown.stderr).unwrap();
        assert_eq!(shown.status.code(), Some(2), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
        assert!(said.starts_with("threading-demo: ") && said.contains(right), "{said}");
        assert!(shown.stdout.is_empty(), "{arguments:?}: plays before it has read its options");
    }
    assert!(!missing.exists());
}

#[test]
fn a_reader_who_leaves_early_ends_the_play_quietly() {
    let mut chapter = Command::new(env!("CARGO_BIN_EXE_threading-demo"))
        .args(["spawn", "--quick"])
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

#[test]
fn the_list_names_every_scene_by_number() {
    let shown = play(&["--list"], None);
    assert!(shown.status.success() && shown.stderr.is_empty());
    let list = String::from_utf8(shown.stdout).unwrap();
    let number = |line: &str| line.split_whitespace().next()?.parse::<usize>().ok();
    let numbers: Vec<_> = list.lines().filter_map(number).collect();
    assert_eq!(numbers, Vec::from_iter(1..=numbers.len()));
    for line in list.lines() {
        let name = line.split_whitespace().nth(1).unwrap();
        assert!(help().contains(name), "{name} is not in the help");
    }
}

fn help() -> String {
    String::from_utf8(play(&["--help"], None).stdout).unwrap()
}

#[test]
fn json_is_one_object_a_scene_and_nothing_else() {
    let scratch = Scratch::new();
    std::fs::write(scratch.path().join("file"), "some words").unwrap();
    let shown = play(&["--json", "--quick", "spawn", "files", "--path"], Some(scratch.path()));
    assert!(shown.status.success() && shown.stderr.is_empty(), "{shown:?}");
    let lines = String::from_utf8(shown.stdout).unwrap();
    let scenes: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<_> = scenes.iter().map(|scene| scene["scene"].as_str().unwrap()).collect();
    assert_eq!(names, ["spawn", "files"]);
    assert!(scenes.iter().all(|scene| scene["error"].is_null() && scene["quick"] == true));
}

#[test]
fn piped_output_has_no_escapes_and_no_line_over_80_columns() {
    let scratch = Scratch::new();
    std::fs::write(scratch.path().join("file"), "some words").unwrap();
    let shown = play(&["--quick", "spawn", "files", "--path"], Some(scratch.path()));
    assert!(shown.status.success(), "{shown:?}");
    let text = String::from_utf8(shown.stdout).unwrap();
    assert!(!text.contains('\x1b'), "{text}");
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{} columns: {line}", line.chars().count());
        assert_eq!(line, line.trim_end(), "ends in blanks");
    }
}
