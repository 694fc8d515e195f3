//! What a process holds: threads and open files. What is there after the work and was not there
//! before it has leaked.

use std::fs;
use std::thread;
use std::time::Duration;

use super::Contract;

/// The threads (where the system tells; Linux does) and open files of this process.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Held {
    threads: Option<usize>,
    files: Option<usize>,
}

fn count() -> Held {
    let entries = |directory| fs::read_dir(directory).ok().map(Iterator::count);
    Held { threads: entries("/proc/self/task"), files: entries("/dev/fd") }
}

/// What is held when nothing is on its way out: a thread that has been joined is still counted
/// for a moment, and one leak could hide behind it. So this is the least of several counts.
pub(super) fn settled() -> Held {
    let counts = (0..20).map(|_| {
        thread::sleep(Duration::from_millis(1));
        count()
    });
    let least =
        |a: Held, b: Held| Held { threads: a.threads.min(b.threads), files: a.files.min(b.files) };
    counts.fold(count(), least)
}

impl Contract<'_> {
    /// Checks that no more is held than before, as soon as what is on its way out has gone.
    pub(super) fn nothing_left_since(&self, before: &Held) {
        let mut now = count();
        let gone = self.eventually(|| {
            now = count();
            now.threads <= before.threads && now.files <= before.files
        });
        assert!(gone, "{}: left behind: {now:?} after, {before:?} before", self.name);
    }
}
