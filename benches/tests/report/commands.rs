//! `report` and `compare` as their users run them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use benches::record::Record;

use crate::rich::record;

/// A directory that is gone at the end of the test.
pub struct Directory(pub PathBuf);

impl Directory {
    pub fn new(test: &str) -> Directory {
        let path = std::env::temp_dir().join(format!("benches-{}-{test}", std::process::id()));
        fs::create_dir_all(&path).expect("a directory");
        Directory(path)
    }

    fn file(&self, name: &str, record: &Record) -> PathBuf {
        let path = self.0.join(name);
        record.write(&path).expect("a file");
        path
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn run(arguments: &[&Path]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_benches"));
    let output = command.args(arguments).env("COLUMNS", "80").output().expect("a run");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_kept_record_is_rendered_again_beside_it_or_elsewhere() {
    let directory = Directory::new("again");
    let file = directory.file("kept.json", &record());
    let elsewhere = directory.0.join("else/where");
    assert_eq!(run(&["report".as_ref(), &file]).0, Some(0));
    let (status, shown, _) = run(&["report".as_ref(), &file, "--out".as_ref(), &elsewhere]);
    assert_eq!(status, Some(0), "{shown}");
    for name in ["report.html", "report.md"] {
        let read = |directory: &Path| fs::read_to_string(directory.join(name)).expect(name);
        assert_eq!(read(&directory.0), read(&elsewhere));
    }
    assert!(!elsewhere.join("report.json").exists(), "what is kept is kept once");
}

#[test]
fn a_comparison_is_shown_in_text_and_markdown() {
    let directory = Directory::new("compared");
    let old = directory.file("old.json", &record());
    let mut changed = record();
    changed.matrix[2].status = "late".into();
    let new = directory.file("new.json", &changed);
    let (status, shown, _) = run(&["compare".as_ref(), &old, &old]);
    assert_eq!(status, Some(0));
    assert!(shown.contains("Nothing changed beyond the noise; "), "{shown}");
    let (_, shown, _) = run(&["compare".as_ref(), &old, &new]);
    assert!(shown.contains("1 changed beyond the noise; "), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    let (_, shown, _) = run(&["compare".as_ref(), &old, &new, "--markdown".as_ref()]);
    assert!(shown.contains("| threads × chain | done | late | – | – |"), "{shown}");
}

#[test]
fn bad_input_is_one_line_and_status_2() {
    let directory = Directory::new("bad");
    let good = directory.file("good.json", &record());
    let future = directory.file("future.json", &Record { schema: 99, ..record() });
    let text = directory.0.join("text.json");
    fs::write(&text, "not JSON").expect("a file");
    let other = directory.0.join("other.json");
    fs::write(&other, "{}").expect("a file");
    let missing = directory.0.join("missing.json");
    for (file, said) in [
        (&future, "schema 99, where 2 is read"),
        (&text, "this is no report.json: expected"),
        (&other, "this is no report.json: it has no schema"),
        (&missing, "No such file or directory"),
    ] {
        for arguments in [
            &["report".as_ref(), file.as_path()][..],
            &["compare".as_ref(), &good, file],
            &["compare".as_ref(), file, &good],
        ] {
            let (status, shown, error) = run(arguments);
            assert_eq!(
                (status, shown.as_str(), error.lines().count()),
                (Some(2), "", 1),
                "{error}"
            );
            assert!(error.contains(said), "{error}");
        }
    }
    let (status, _, error) = run(&["report".as_ref(), &good, "--out".as_ref(), &good.join("x")]);
    assert_eq!((status, error.lines().count()), (Some(2), 1), "{error}");
    assert_eq!(run(&["compare".as_ref(), &good]).0, Some(2));
}
