//! The files of a reader may be anything: links in a loop, pipes, files that vanish, names that
//! are not text. Nothing of it hangs, and all of it is counted as `grep` counts it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

use workloads::files::{Bounds, Listing, WordCounts, list};
use workloads::{Approach, Sequential};

/// A directory that is gone when this is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Scratch {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let unique = format!("{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = env::temp_dir().join(format!("workloads-files-{unique}"));
        fs::create_dir(&path).unwrap();
        Scratch(path)
    }

    fn file(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    fn list(&self) -> Listing {
        list(&self.0, Bounds::NAMED).unwrap()
    }

    /// The names of what was listed, below this directory.
    fn names(&self, listing: &Listing) -> Vec<String> {
        let name = |path: &PathBuf| path.strip_prefix(&self.0).unwrap().display().to_string();
        listing.paths.iter().map(name).collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn reasons(listing: &Listing) -> Vec<&str> {
    listing.skipped.iter().map(|skipped| skipped.why.as_str()).collect()
}

#[test]
fn a_directory_s_own_files_come_first_and_all_by_name() {
    let scratch = Scratch::new();
    for name in ["b/z", "b/a/x", "c", "a/k", "B", "10", "9", "b/a/a"] {
        scratch.file(name, "x");
    }
    let listing = scratch.list();
    assert_eq!(scratch.names(&listing), ["10", "9", "B", "c", "a/k", "b/z", "b/a/a", "b/a/x"]);
    assert_eq!((listing.bytes, listing.cut), (8, false));
    assert_eq!(scratch.list(), listing);
}

#[test]
fn links_and_pipes_are_skipped_and_nothing_hangs() {
    let scratch = Scratch::new();
    scratch.file("inner/file", "x");
    symlink(&scratch.0, scratch.0.join("inner/loop")).unwrap();
    symlink("nowhere", scratch.0.join("dangling")).unwrap();
    symlink("inner/file", scratch.0.join("linked")).unwrap();
    let pipe = scratch.0.join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let listing = scratch.list();
    assert_eq!(scratch.names(&listing), ["inner/file"]);
    let link = "a symbolic link";
    assert_eq!(reasons(&listing), [link, link, "not a regular file", link]);
}

#[test]
fn a_directory_that_cannot_be_read_is_skipped() {
    let scratch = Scratch::new();
    scratch.file("closed/file", "x");
    scratch.file("open/file", "x");
    let closed = scratch.0.join("closed");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    let listing = scratch.list();
    let readable = fs::read_dir(&closed).is_ok();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    if readable {
        println!("skipped: this user may read everything");
        return;
    }
    assert_eq!(scratch.names(&listing), ["open/file"]);
    assert_eq!(listing.skipped[0].path, closed);
    assert!(reasons(&listing)[0].starts_with("Permission denied"));
}

#[test]
fn a_root_that_is_no_directory_is_an_error_with_its_name() {
    let scratch = Scratch::new();
    let file = scratch.file("file", "x");
    for root in [file, scratch.0.join("absent")] {
        let why = list(&root, Bounds::NAMED).unwrap_err().to_string();
        assert!(why.starts_with(&format!("{}: ", root.display())), "{why}");
    }
}

#[test]
fn names_need_not_be_text() {
    let scratch = Scratch::new();
    let name = OsStr::from_bytes(b"caf\xe9 \xff");
    if fs::write(scratch.0.join(name), "one two one").is_err() {
        println!("skipped: this file system wants names to be text");
        return;
    }
    let listing = scratch.list();
    assert_eq!(listing.paths, [scratch.0.join(name)]);
    let counts = Sequential.files(&listing.paths).unwrap();
    assert_eq!((counts.top(9), counts.files), (vec![("one", 2), ("two", 1)], 1));
}

#[test]
fn bounds_cut_and_say_so() {
    let scratch = Scratch::new();
    for (name, length) in [("a", 10), ("b", 500), ("c", 20), ("d", 30)] {
        scratch.file(name, "x".repeat(length));
    }
    let cut = |files, bytes| {
        let listing = list(&scratch.0, Bounds { files, bytes }).unwrap();
        let names = scratch.names(&listing).concat();
        (names, listing.bytes, listing.cut, listing.skipped.len())
    };
    assert_eq!(cut(4, 1_000), ("abcd".into(), 560, false, 0));
    assert_eq!(cut(2, 1_000), ("ab".into(), 510, true, 0));
    assert_eq!(cut(0, 1_000), (String::new(), 0, true, 0));
    assert_eq!(cut(4, 530), ("abc".into(), 530, true, 0));
    // One large file does not end the listing before it has begun.
    assert_eq!(cut(4, 499), ("acd".into(), 60, false, 1));
    let listing = list(&scratch.0, Bounds { files: 4, bytes: 499 }).unwrap();
    assert_eq!(reasons(&listing), ["500 bytes, more than are read of one file"]);
}

#[test]
fn what_vanished_is_noted_in_the_same_order_by_whoever_counts() {
    let scratch = Scratch::new();
    for name in ["z", "a/gone", "b", "c"] {
        scratch.file(name, "word");
    }
    let paths = scratch.list().paths;
    fs::remove_file(scratch.0.join("z")).unwrap();
    fs::remove_dir_all(scratch.0.join("a")).unwrap();
    let counts = Sequential.files(&paths).unwrap();
    let one_by_one =
        paths.iter().rev().map(|path| Sequential.files(std::slice::from_ref(path)).unwrap());
    assert_eq!(one_by_one.collect::<WordCounts>(), counts);
    assert_eq!((counts.files, counts.total()), (2, 2));
    let skipped: Vec<_> = counts.skipped.iter().map(|skipped| &skipped.path).collect();
    assert_eq!(skipped, [&scratch.0.join("a/gone"), &scratch.0.join("z")]);
}

/// The words in these files, as `grep` finds them.
fn grep(paths: &[PathBuf]) -> Option<u64> {
    let mut grep = Command::new("grep");
    grep.env("LC_ALL", "C").args(["-ahoE", "[A-Za-z]+", "--"]).args(paths);
    let words = grep.output().ok()?.stdout;
    Some(words.iter().filter(|byte| **byte == b'\n').count() as u64)
}

#[test]
fn grep_counts_the_same() {
    let scratch = Scratch::new();
    let bytes: Vec<u8> = (0..200_000_u64).map(|i| workloads::chain::link(i) as u8).collect();
    scratch.file("noise", bytes);
    scratch.file("text", "The cat, the CAT; na\u{ef}ve_x2y\0end");
    scratch.file("lines", "a\nb\r\n\n\nc d");
    scratch.file("empty", "");
    let sources = list(Path::new(env!("CARGO_MANIFEST_DIR")), Bounds::DEFAULT).unwrap();
    for paths in [scratch.list().paths, sources.paths] {
        let counts = Sequential.files(&paths).unwrap();
        let Some(known) = grep(&paths) else { return println!("skipped: there is no grep") };
        assert_eq!((counts.total(), counts.files), (known, paths.len() as u64));
    }
}
