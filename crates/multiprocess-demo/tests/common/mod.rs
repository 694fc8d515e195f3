//! What the tests of this chapter ask the system.

#![allow(dead_code, reason = "each test uses some of it")]

pub mod chaos;
pub mod checks;
pub mod monkey;

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use multiprocess_demo::jobs::REPERTOIRE;
use multiprocess_demo::link::Transport;
use multiprocess_demo::pool::{Options, Pool};
use multiprocess_demo::start::Method;
use nix::errno::Errno;
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;

/// The longest that anything is waited for.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The seconds that a test may take. Longer than ever: chaos alone takes minutes where the machine is
/// busy.
pub const STUCK: u32 = 900;

/// Each of these ways to start, with each transport.
pub fn combinations(methods: &[Method]) -> Vec<(Method, Transport)> {
    let with_all = |&method| Transport::ALL.map(|transport| (method, transport));
    methods.iter().flat_map(with_all).collect()
}

/// So many workers that are started like this.
pub fn pool(options: &Options, workers: usize) -> Pool {
    Pool::new(REPERTOIRE, Options { workers, ..options.clone() }).unwrap()
}

/// Waits until it holds.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        std::thread::yield_now();
    }
}

/// The state of a process ('Z' is a zombie, 'T' is stopped) and its parent; none if it is no more.
pub fn state(pid: i32) -> Option<(char, i32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program may have blanks and parentheses in it.
    let mut fields = stat[stat.rfind(')')? + 1..].split_ascii_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

/// The children of a process, living and dead, with their states.
pub fn children(parent: i32) -> Vec<(i32, char)> {
    let all = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let pids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let states = pids.filter_map(|pid| state(pid).map(|(state, of)| (pid, state, of)));
    states.filter(|&(.., of)| of == parent).map(|(pid, state, _)| (pid, state)).collect()
}

/// What this process has open: the number, and what it is.
pub fn open() -> BTreeSet<(i32, String)> {
    open_in(std::process::id().cast_signed())
}

/// What a process has open.
pub fn open_in(pid: i32) -> BTreeSet<(i32, String)> {
    let all = fs::read_dir(format!("/proc/{pid}/fd")).unwrap().filter_map(Result::ok);
    // The one that lists them is gone when it is asked what it is.
    all.filter_map(|entry| {
        let number = entry.file_name().to_str()?.parse().ok()?;
        Some((number, fs::read_link(entry.path()).ok()?.display().to_string()))
    })
    .filter(|(_, what)| !what.ends_with(&format!("/proc/{pid}/fd")))
    .collect()
}

/// That this process has no child, dead or alive.
#[track_caller]
pub fn no_child_is_left() {
    assert_eq!(children(std::process::id().cast_signed()), [], "children are left");
    let any = waitpid(None::<Pid>, Some(WaitPidFlag::WNOHANG));
    assert_eq!(any, Err(Errno::ECHILD), "somebody is left to be waited for");
}

/// Runs each test that the command line asks for, one after another in the only thread of this
/// process, and looks after each whether something is left behind. A test that is stuck ends it all.
pub fn run_all(tests: &[(&str, &dyn Fn())]) {
    let wanted: Vec<_> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let mut ran = 0;
    for (name, test) in tests {
        if !wanted.is_empty() && !wanted.iter().any(|wanted| name.contains(wanted.as_str())) {
            continue;
        }
        nix::unistd::alarm::set(STUCK);
        let (before, start) = (open(), Instant::now());
        test();
        no_child_is_left();
        assert_eq!(open(), before, "{name}: what is open");
        println!("test {name} ... ok ({:.2} s)", start.elapsed().as_secs_f64());
        ran += 1;
    }
    nix::unistd::alarm::cancel();
    println!("{ran} tests ran, and nothing is left behind");
}
