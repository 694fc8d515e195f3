//! A program that runs is stopped when it is dropped. In a process of its own, because what it
//! counts is all threads that there are, which Linux tells.

#![cfg(target_os = "linux")]

use std::time::{Duration, Instant};
use std::{fs, thread};

use global_lock_demo::host::{Simulated, arguments};

const PATIENCE: Duration = Duration::from_secs(60);

/// The threads of programs, by the names that they have.
fn threads() -> usize {
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let name = |path: std::path::PathBuf| fs::read_to_string(path.join("comm")).unwrap_or_default();
    tasks.filter(|task| name(task.path()).starts_with("thread ")).count()
}

fn becomes(wanted: usize) -> bool {
    let began = Instant::now();
    while threads() != wanted {
        if began.elapsed() > PATIENCE {
            return false;
        }
        thread::yield_now();
    }
    true
}

#[test]
fn a_program_that_is_dropped_leaves_no_thread() {
    for strategy in Simulated::ALL {
        // Hogs that never end, and a server that waits for a datagram which nobody sends.
        let server = strategy.start("echo", &arguments![3, 0.001], None).unwrap();
        assert!(server.line(PATIENCE).is_some_and(|line| line.starts_with("port ")));
        assert!(becomes(3), "{strategy:?}: {} threads", threads());
        drop(server);
        assert!(becomes(0), "{strategy:?}: {} threads are left", threads());
    }
}
