//! The scene `files` counts what grep counts, in a tree with everything that a tree can hold.

mod common;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use common::{Scratch, play};

/// A tree with words, and with what has led other programs astray.
fn plant(root: &Path) {
    fs::create_dir_all(root.join("deep/er")).unwrap();
    for (name, content) in [
        ("plain.txt", &b"The cat and the dog and THE end"[..]),
        ("no-newline-at-the-end", b"half"),
        ("deep/another", b"a word\nis a WORD\r\nis_a word2word"),
        ("deep/er/latin-1", b"caf\xe9 na\xefve"),
        ("deep/er/binary", b"\0\x01\x02nul\0nul\xff\xfeend\0"),
        ("utf-8.txt", "Übergröße, naïve, the Ωmega".as_bytes()),
        ("empty", b""),
        ("with\nnewline and \x1b[31m escape", b"a name that bites"),
    ] {
        fs::write(root.join(name), content).unwrap();
    }
    // macOS refuses names that are not UTF-8; then there is one file less.
    let _ = fs::write(root.join(OsStr::from_bytes(b"not-utf-8-\xff")), b"still counted");
    symlink("..", root.join("deep/loop")).unwrap();
    symlink("plain.txt", root.join("link")).unwrap();
    symlink("nowhere", root.join("broken")).unwrap();
    assert!(Command::new("mkfifo").arg(root.join("fifo")).status().unwrap().success());
    fs::write(root.join("unreadable"), b"secret words").unwrap();
    fs::set_permissions(root.join("unreadable"), fs::Permissions::from_mode(0o0)).unwrap();
}

/// Each word with its count, commonest first, as grep and its friends have it.
fn grep(root: &Path) -> Option<Vec<(String, u64)>> {
    let script = "find . -type f -exec grep -ahoE '[A-Za-z]+' {} + | tr A-Z a-z | sort | uniq -c \
                  | sort -k1,1nr -k2";
    let mut shell = Command::new("sh");
    let shell = shell.args(["-c", script]).env("LC_ALL", "C").current_dir(root).output();
    let out = String::from_utf8(shell.ok()?.stdout).ok()?;
    let word = |line: &str| {
        let (count, word) = line.trim().split_once(' ')?;
        Some((word.to_owned(), count.parse().ok()?))
    };
    let words: Option<Vec<_>> = out.lines().map(word).collect();
    words.filter(|words| !words.is_empty())
}

#[test]
fn the_words_are_those_that_grep_counts() {
    let scratch = Scratch::new();
    plant(scratch.path());
    let Some(expected) = grep(scratch.path()) else {
        eprintln!("skipped: there is no grep here to compare with");
        return;
    };
    let shown = play(&["files", "--quick", "--json", "--path"], Some(scratch.path()));
    assert!(shown.status.success(), "{shown:?}");
    let scene: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    let said: Vec<_> =
        scene["figures"].as_array().unwrap().iter().filter_map(|f| f["text"].as_str()).collect();
    let top: Vec<_> =
        expected.iter().take(20).map(|(word, count)| format!("{word} {count}")).collect();
    let words = format!(
        "{} words, {} different ones. The commonest: {}.",
        expected.iter().map(|(_, count)| count).sum::<u64>(),
        expected.len(),
        top.join(", "),
    );
    assert!(said.contains(&words.as_str()), "{said:#?} without {words:?}");
    assert!(said.iter().any(|text| text.contains("skipped")), "{said:#?}");
    assert!(scene["checks"].as_array().unwrap().iter().all(|check| check["held"] == true));
}

#[test]
fn an_empty_directory_is_no_error() {
    let scratch = Scratch::new();
    let shown = play(&["files", "--path"], Some(scratch.path()));
    assert!(shown.status.success() && shown.stderr.is_empty(), "{shown:?}");
}
