//! What a process holds: threads and open files. What is there after the work and was not there
//! before it has leaked.

use std::fs;

/// The threads (where the system tells; Linux does) and open files of this process.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Held {
    threads: Option<usize>,
    files: Option<usize>,
}

pub(super) fn count() -> Held {
    let entries = |directory| fs::read_dir(directory).ok().map(Iterator::count);
    Held { threads: entries("/proc/self/task"), files: entries("/dev/fd") }
}

/// Checks that no more is held than before. A thread that has been joined may still be seen for
/// a moment, and the service closes its side of a connection in its own time: so this waits.
pub(super) fn none_since(before: &Held, name: &str) {
    let mut now = count();
    let gone = super::eventually(|| {
        now = count();
        now.threads <= before.threads && now.files <= before.files
    });
    assert!(gone, "{name}: left behind: {now:?} after, {before:?} before");
}
