//! The scene `files` counts what one process counts, whatever the files are called.

mod playing;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

use playing::play;
use serde_json::Value;

#[test]
fn the_words_are_the_same_however_they_are_sent() {
    let scratch = Scratch::new();
    for file in 0..40 {
        let text = format!("file {file} and its {} words\n", "the ".repeat(file * 5));
        fs::write(scratch.path().join(format!("{file:02}.txt")), text).unwrap();
    }
    // macOS refuses names that are not UTF-8; then there is one file less.
    let _ = fs::write(scratch.path().join(OsStr::from_bytes(b"not-utf-8-\xff")), b"the end");
    let shown = play(&["files", "--quick", "--json", "--path"], Some(scratch.path()));
    assert!(shown.status.success(), "{shown:?}");
    let scene: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert!(scene["error"].is_null(), "{scene}");
    let same = &scene["checks"][0];
    assert!(same["held"] == true && same["what"].as_str().unwrap().contains("the same"), "{scene}");
    let table = scene["figures"].as_array().unwrap().iter().find_map(|f| f.get("table")).unwrap();
    let number = |row: &Value, column: usize| row[column].as_str().unwrap().parse::<u64>().unwrap();
    let rows = table["rows"].as_array().unwrap();
    let [_, each, .., fewest] = &rows[..] else { panic!("{table}") };
    let files = fs::read_dir(scratch.path()).unwrap().count() as u64;
    assert_eq!(number(each, 1), files, "a message for each file");
    assert!(number(fewest, 1) < files && number(fewest, 2) < number(each, 2), "{table}");
}

#[test]
fn an_empty_directory_is_no_error() {
    let scratch = Scratch::new();
    let shown = play(&["files", "--path"], Some(scratch.path()));
    assert!(shown.status.success() && shown.stderr.is_empty(), "{shown:?}");
}

/// A directory that is gone when this is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Scratch {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let unique =
            format!("multiprocess-demo-{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = env::temp_dir().join(unique);
        fs::create_dir(&path).expect("a scratch directory");
        Scratch(path)
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
