//! A pool's threads end with it. Alone in its file, because threads are counted for the process.
#![cfg(target_os = "linux")]

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use threading_demo::Pool;

/// From proc(5): a directory for each thread.
fn threads() -> usize {
    fs::read_dir("/proc/self/task").expect("Linux has it").count()
}

#[test]
fn a_dropped_pool_leaves_no_thread() {
    let before = threads();
    for size in [1, 2, 50] {
        let pool = Pool::new(size).unwrap();
        assert_eq!(threads(), before + size);
        pool.share(1_000, |claims| claims.count());
        pool.spawn(|| ());
        drop(pool);
        // A thread that was joined may be listed for a moment longer.
        let start = Instant::now();
        while threads() > before && start.elapsed() < Duration::from_secs(60) {
            thread::yield_now();
        }
        assert_eq!(threads(), before);
    }
}
