//! The command line: wrong use gets one line and status 2, and output is fit for pipes.

use std::process::{Command, Output};

fn play(arguments: &[&str]) -> Output {
    let mut chapter = Command::new(env!("CARGO_BIN_EXE_why-demo"));
    chapter.args(arguments).env("COLUMNS", "80").output().expect("the chapter's program")
}

#[test]
fn wrong_use_gets_one_line_that_says_what_would_be_right() {
    let cases: [(&[&str], &str); 4] = [
        (&["no-such-scene"], "the scenes are lunch"),
        (&["0"], "the scenes are lunch"),
        (&["--no-such-option"], "--help"),
        (&["lunch", "--trace"], "--trace FILE"),
    ];
    for (arguments, right) in cases {
        let shown = play(arguments);
        let said = String::from_utf8(shown.stderr).expect("text");
        assert_eq!(shown.status.code(), Some(2), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
        assert!(said.starts_with("why-demo: ") && said.contains(right), "{said}");
        assert!(shown.stdout.is_empty(), "{arguments:?}: plays before it has read its options");
    }
}

#[test]
fn piped_output_has_no_escapes_and_no_line_over_80_columns() {
    let shown = play(&["--quick"]);
    assert!(shown.status.success(), "{shown:?}");
    let text = String::from_utf8(shown.stdout).expect("text");
    assert!(!text.contains('\x1b'), "{text}");
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{} columns: {line}", line.chars().count());
        assert_eq!(line, line.trim_end(), "ends in blanks");
    }
}
