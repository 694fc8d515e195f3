//! The command line: wrong use gets one line and status 2, and output is fit for pipes.

mod playing;

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use playing::play;
use serde_json::Value;

fn printed(arguments: &[&str]) -> String {
    let shown = play(arguments, None);
    assert!(shown.status.success() && shown.stderr.is_empty(), "{shown:?}");
    String::from_utf8(shown.stdout).unwrap()
}

#[test]
fn wrong_use_gets_one_line_that_says_what_would_be_right() {
    let missing = Path::new("no/such/place");
    let cases: [(&[&str], Option<&Path>, &str); 6] = [
        (&["no-such-scene"], None, "the scenes are fork"),
        (&["0"], None, "the scenes are fork"),
        (&["--no-such-option"], None, "--help"),
        (&["--path"], None, "--path DIR"),
        (&["files", "--path"], Some(missing), "name a directory"),
        (&["fork", "--trace"], Some(missing), "name a file"),
    ];
    for (arguments, last, right) in cases {
        let shown = play(arguments, last);
        let said = String::from_utf8(shown.stderr).unwrap();
        assert_eq!(shown.status.code(), Some(2), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
        assert!(said.starts_with("multiprocess-demo: ") && said.contains(right), "{said}");
        assert!(shown.stdout.is_empty(), "{arguments:?}: plays before it has read its options");
    }
}

/// What is started as a child, and by nobody who would tell it what to do.
#[test]
fn a_child_without_a_parent_says_so_and_ends() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_multiprocess-demo"));
    let shown = child.arg("--a-child-of-its-own").stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(shown.stderr).unwrap();
    assert_eq!((shown.status.code(), said.lines().count()), (Some(2), 1), "{said}");
}

#[test]
fn the_list_names_every_scene_by_number() {
    let list = printed(&["--list"]);
    let number = |line: &str| line.split_whitespace().next()?.parse::<usize>().ok();
    let numbers: Vec<_> = list.lines().filter_map(number).collect();
    assert_eq!(numbers, Vec::from_iter(1..=11), "{list}");
}

/// What an exercise asks for is left to the reader.
#[test]
fn the_changes_of_the_exercises_are_not_made_yet() {
    // The third counts pages of 4 KiB, in books that Linux keeps.
    let counted = cfg!(all(target_os = "linux", target_arch = "x86_64"));
    for number in if counted { &["2", "3"][..] } else { &["2"] } {
        let said = printed(&["check", number, "1"]);
        assert!(said.contains("✗ as before"), "{number}: {said}");
    }
}

#[test]
fn json_is_one_object_a_scene_and_nothing_else() {
    let lines = printed(&["--json", "--quick", "shared", "pool"]);
    let scenes: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<_> = scenes.iter().map(|scene| scene["scene"].as_str().unwrap()).collect();
    assert_eq!(names, ["shared", "pool"]);
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
fn what_is_to_be_read_and_changed_is_there() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let mut named = 0;
    for line in printed(&["--json", "--quick"]).lines() {
        let scene: Value = serde_json::from_str(line).unwrap();
        for text in [&scene["read"], &scene["try"]].map(|text| text.as_str().unwrap().to_owned()) {
            let words = text.split(|c: char| c.is_whitespace() || "(),;:".contains(c));
            for path in words.filter(|word| word.starts_with("crates/")) {
                let path = path.trim_end_matches('.');
                assert!(workspace.join(path).is_file(), "{}: {path}", scene["scene"]);
                named += 1;
            }
        }
    }
    assert!(named >= 11, "each scene names a file to read");
}

#[test]
fn a_reader_who_leaves_early_ends_the_play_quietly() {
    let mut chapter = Command::new(env!("CARGO_BIN_EXE_multiprocess-demo"))
        .args(["pool", "--quick"])
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
