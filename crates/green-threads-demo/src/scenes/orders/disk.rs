//! Files: read by a green thread, and handed to another thread of the operating system.

use std::cell::Cell;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use stage::Result;
use workloads::Error;
use workloads::blocking::count_file;
use workloads::files::WordCounts;

use crate::green::{self, bell};

/// How often the heart beats.
const BEAT: Duration = Duration::from_millis(1);

/// How files were read, and how another green thread fared meanwhile.
pub struct Read {
    pub words: WordCounts,
    pub took: Duration,
    /// How often the other had its turn.
    pub beats: u64,
    /// The longest time between two turns of it.
    pub longest: Duration,
    /// Who has read.
    #[cfg_attr(not(test), expect(dead_code, reason = "for the tests"))]
    pub reader: ThreadId,
}

/// Reads them as if there was nothing special about that.
pub fn direct(paths: &[PathBuf]) -> Result<Read> {
    beside_a_heart(|| Ok(count(paths)))
}

/// Has another thread read them.
pub fn handed_over(paths: &[PathBuf]) -> Result<Read> {
    beside_a_heart(|| {
        let list = paths.to_vec();
        elsewhere(move || count(&list))
    })
}

/// Makes a call that blocks on another thread of the operating system, and waits as a green thread.
fn elsewhere<T: Send + 'static>(call: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let (ringer, mut bell) = bell()?;
    let call = move || {
        // However the call ends: it rings when it is dropped.
        let _rings = ringer;
        call()
    };
    let other = thread::Builder::new().spawn(call)?;
    bell.wait();
    // It blocks, but for no longer than a thread needs that has done its work.
    Ok(other.join().map_err(Error::panicked)?)
}

type Counted = (WordCounts, ThreadId);

/// What is in the files, and which thread has read them.
fn count(paths: &[PathBuf]) -> Counted {
    let mut words = WordCounts::default();
    paths.iter().for_each(|path| count_file(&mut words, path));
    (words, thread::current().id())
}

fn beside_a_heart(reading: impl FnOnce() -> Result<Counted>) -> Result<Read> {
    let run: io::Result<Result<Read>> = green::run(|| {
        let (beats, longest) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(Duration::ZERO)));
        let (counts, notes) = (Rc::clone(&beats), Rc::clone(&longest));
        let heart = green::spawn(move || beat(&counts, &notes));
        // It has its first turn.
        green::yield_now();
        let start = Instant::now();
        let counted = reading();
        let took = start.elapsed();
        // And a last one, so that a pause which is still going on is seen.
        let last = beats.get();
        while beats.get() == last {
            green::sleep(BEAT);
        }
        heart.cancel();
        let (words, reader) = counted?;
        Ok(Read { words, took, beats: beats.get(), longest: longest.get(), reader })
    });
    run?
}

/// Beats for ever, and notes the longest pause.
fn beat(beats: &Cell<u64>, longest: &Cell<Duration>) {
    let mut last = Instant::now();
    loop {
        green::sleep(BEAT);
        longest.set(longest.get().max(last.elapsed()));
        last = Instant::now();
        beats.set(beats.get() + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> Vec<PathBuf> {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        let listing = workloads::files::list(root.as_ref(), workloads::files::Bounds::NAMED);
        listing.expect("sources").paths
    }

    #[test]
    fn read_directly_nobody_else_has_a_turn_until_all_is_read() {
        let read = direct(&sources()).expect("to be read");
        assert!(read.beats <= 1, "{} turns", read.beats);
        assert!(read.longest >= read.took);
        assert_eq!(read.reader, thread::current().id());
    }

    #[test]
    fn handed_over_they_are_read_by_another_thread() {
        let read = handed_over(&sources()).expect("to be read");
        assert_ne!(read.reader, thread::current().id());
        assert_eq!(read.words, direct(&sources()).expect("to be read").words);
    }

    #[test]
    fn while_another_thread_blocks_the_green_ones_have_their_turns() {
        let turns = green::run(|| {
            let (tell, told) = std::sync::mpsc::channel();
            let other = green::spawn(move || {
                green::yield_now();
                tell.send("turn").expect("somebody who waits for it");
            });
            // It ends only if the green thread beside it has a turn meanwhile.
            let said = elsewhere(move || told.recv_timeout(Duration::from_secs(30)));
            other.join().expect("no panic");
            said.expect("a thread")
        });
        assert_eq!(turns.expect("a scheduler"), Ok("turn"));
    }

    #[test]
    fn a_call_that_panics_elsewhere_is_an_error_here() {
        let failed = green::run(|| elsewhere(|| -> u32 { panic!("no such file") }));
        let why = failed.expect("a scheduler").expect_err("it panicked").to_string();
        assert!(why.contains("no such file"), "{why}");
    }
}
