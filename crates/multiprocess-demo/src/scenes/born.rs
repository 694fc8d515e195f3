//! The shortest life that a process can have: it says that it is there, and ends.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use crate::child::Death;
use crate::start::{Entry, Start};

/// Says a word to whoever started it.
pub const ENTRY: Entry = Entry {
    name: "born",
    run: |descriptors| {
        for to in descriptors {
            // Nobody may be listening any more.
            let _ = File::from(to).write_all(b"!");
        }
    },
};

/// Starts one, and waits for its end. Returns how long it took to its word.
///
/// # Errors
/// If it can't be started, or ends without a word.
pub fn first_word(starter: &mut dyn Start) -> io::Result<Duration> {
    let (mut from_child, to_parent) = io::pipe()?;
    let start = Instant::now();
    let mut child = starter.start(&ENTRY, &[to_parent.as_fd()])?;
    drop(to_parent);
    from_child.read_exact(&mut [0])?;
    let took = start.elapsed();
    match child.wait() {
        Death::Exited(0) => Ok(took),
        death => Err(io::Error::other(format!("a child that had said its word {death}"))),
    }
}
