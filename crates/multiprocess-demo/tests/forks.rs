//! What the scenes about fork promise, apart from what things cost; and that they leave nothing
//! behind. They are played in a process of their own each: a test has threads beside it, and nobody
//! forks then.
#![cfg(target_os = "linux")]

use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::errno::Errno;
use nix::sys::prctl::set_child_subreaper;
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use serde_json::Value;

/// One scene at a time, so that whoever is left was left by that one.
static STAGE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    // Who is left by the chapter's process is given to this one.
    set_child_subreaper(true).unwrap();
    STAGE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Plays scenes, and returns them. No process is left then, nor a zombie.
fn play(mut chapter: Command) -> Vec<Value> {
    let _one_at_a_time = alone();
    let Output { status, stdout, stderr } = chapter.output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert!(status.success() && said.is_empty(), "{status}: {said}");
    let left = waitpid(Pid::from_raw(-1), Some(WaitPidFlag::WNOHANG));
    assert_eq!(left, Err(Errno::ECHILD), "somebody is left");
    let lines = String::from_utf8(stdout).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn scene(name: &str) -> Value {
    let mut chapter = Command::new(env!("CARGO_BIN_EXE_multiprocess-demo"));
    chapter.args(["--json", "--quick", name]);
    let scene = play(chapter).remove(0);
    assert_eq!((scene["scene"].as_str(), scene["error"].is_null()), (Some(name), true));
    scene
}

/// What was measured where a claim says this; it held.
fn held(scene: &Value, claim: &str) -> String {
    let mut checks = scene["checks"].as_array().unwrap().iter();
    let check = checks.find(|check| check["what"].as_str().unwrap().contains(claim));
    let check = check.unwrap_or_else(|| panic!("no such claim: {claim}"));
    assert_eq!(check["held"], true, "{check}");
    check["measured"].as_str().unwrap().to_owned()
}

/// The texts in a table's column.
fn column(scene: &Value, number: usize) -> Vec<&str> {
    let mut figures = scene["figures"].as_array().unwrap().iter();
    let rows = figures.find_map(|figure| figure["table"]["rows"].as_array()).unwrap();
    rows.iter().map(|row| row[number].as_str().unwrap()).collect()
}

#[test]
fn fork_returns_twice_and_the_child_is_waited_for() {
    let scene = scene("fork");
    held(&scene, "the parent is the child's parent");
    assert_eq!(held(&scene, "waitpid tells"), "ended with status 7");
    assert_eq!(held(&scene, "what waits in a buffer"), "2 times, and 1");
    let listing =
        scene["figures"].as_array().unwrap().iter().find_map(|figure| figure["listing"].as_str());
    let mut authors: Vec<_> =
        listing.unwrap().lines().map(|line| line.split_once(':').unwrap().0).collect();
    let (first, last) = (authors[0], authors[authors.len() - 1]);
    assert_eq!(first, last, "the parent is there before and after");
    authors.sort_unstable();
    authors.dedup();
    assert_eq!(authors.len(), 2);
}

#[test]
fn nothing_is_shared_and_only_what_is_written_is_copied() {
    let scene = scene("copies");
    assert_eq!(held(&scene, "the parent's counter stays"), "1000 in the child and 0 in the parent");
    held(&scene, "an address means something in one process only");
    held(&scene, "fork copies no memory");
    held(&scene, "writing a byte a page copies every page");
    let faults: Vec<u64> = column(&scene, 5).iter().map(|text| text.parse().unwrap()).collect();
    let pages = (16 << 20) / 4096;
    assert!(faults[2] >= pages / 16, "a fault for each page of at most 64 KiB: {faults:?}");
}

#[test]
fn every_way_to_start_a_process_is_shown_with_every_size() {
    let scene = scene("ways");
    assert_eq!(column(&scene, 0), ["fork", "spawn", "zygote"]);
    assert_eq!(scene["checks"].as_array().unwrap().len(), 4);
}

#[test]
fn a_lock_that_another_thread_holds_at_the_fork_is_held_for_ever() {
    let scene = scene("locks");
    held(&scene, "the child waits for a lock that its parent can take");
    held(&scene, "with the lock free, or held by the thread that forks");
    assert_eq!(column(&scene, 1), ["2 → 1"; 3]);
    assert_eq!(column(&scene, 2), ["never returned", "returned", "returned"]);
    assert!(held(&scene, "refuses to fork with a second thread").contains("2 threads"));
    assert_eq!(held(&scene, "spawn and zygote don't mind"), "started by spawn and by zygote");
    if cfg!(target_env = "gnu") {
        held(&scene, "C's streams");
    }
}

#[test]
fn who_has_ended_is_waited_for_and_who_is_orphaned_ends() {
    let scene = scene("endings");
    assert_eq!(column(&scene, 1), ["S", "Z", "none"]);
    held(&scene, "is a zombie until its parent has waited");
    held(&scene, "goes on, and has another parent");
    held(&scene, "also while it computes");
    held(&scene, "also while it is stopped");
    // Three workers and their zygote, three times.
    assert_eq!(held(&scene, "whichever signal"), "12 ended with it, 0 left");
}

/// Played again and again with no more descriptors than it takes once.
#[test]
fn no_scene_keeps_a_descriptor() {
    let mut chapter = Command::new("sh");
    chapter.args(["-c", "ulimit -n 24 && exec \"$0\" --json --quick \"$@\""]);
    chapter.arg(env!("CARGO_BIN_EXE_multiprocess-demo"));
    chapter.args(["fork", "copies", "locks", "endings"].repeat(6));
    let scenes = play(chapter);
    assert_eq!(scenes.len(), 24);
    assert!(scenes.iter().all(|scene| scene["error"].is_null()));
}
