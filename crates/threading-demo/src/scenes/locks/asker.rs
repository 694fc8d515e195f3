//! Whether a thread sleeps in `lock()`.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{fs, thread};

/// How long to wait at most for a thread to fall asleep.
const PATIENCE: Duration = Duration::from_millis(100);

/// A thread that asks for a lock again and again.
#[derive(Default)]
pub struct Asker {
    asking: AtomicBool,
    /// Where the kernel tells the thread's state, if it does.
    stat: OnceLock<Option<PathBuf>>,
}

impl Asker {
    /// Said by the thread itself: the next that it does is to lock.
    pub fn asks(&self) {
        self.stat.get_or_init(|| Some(fs::canonicalize("/proc/thread-self").ok()?.join("stat")));
        self.asking.store(true, Ordering::Release);
    }

    /// Said by the thread itself: it has the lock.
    pub fn has_it(&self) {
        self.asking.store(false, Ordering::Release);
    }

    /// Waits, holding the lock, until the thread asks for it and sleeps: from the first to the
    /// second there is nothing else that it would sleep for. Returns whether it does; where the
    /// kernel does not tell (there is no `/proc`), that is taken for granted.
    pub fn wait_until_asleep(&self) -> bool {
        while !self.asking.load(Ordering::Acquire) {
            thread::yield_now();
        }
        let Some(Some(stat)) = self.stat.get() else { return true };
        let start = Instant::now();
        loop {
            // proc_pid_stat(5): the state stands behind the name, which is in parentheses.
            let stat = fs::read_to_string(stat).unwrap_or_default();
            let asleep = stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('S'));
            if asleep || start.elapsed() > PATIENCE {
                return asleep;
            }
            thread::yield_now();
        }
    }
}
