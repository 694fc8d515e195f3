//! Files: what the poller says to one, and what reading them does to the loop.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use stage::Result;
use workloads::Error;
use workloads::blocking::count_file;
use workloads::files::WordCounts;

use crate::runtime::poller::Poller;
use crate::runtime::slab::Slab;
use crate::runtime::{Failed, Runtime, offload, sleep, spawn, yield_now};

/// How often the heart beats.
const BEAT: Duration = Duration::from_millis(1);

/// How many files are read at once: to hand over a call costs as much as to read a small file.
const FILES: usize = 16;

/// Asks the poller to say when a file can be read: this program's own.
pub fn registered() -> Result<io::Result<()>> {
    let file = File::open(std::env::current_exe()?)?;
    let key = Slab::<()>::default().next_key();
    Ok(Poller::new()?.register(file, key))
}

/// Whether that was refused because of what it is: epoll_ctl(2), EPERM.
pub fn not_permitted(why: &io::Error) -> bool {
    why.raw_os_error() == Some(Errno::EPERM as i32)
}

/// How files were read, and how another task of the same loop fared meanwhile.
pub struct Read {
    pub words: WordCounts,
    pub took: Duration,
    /// How often the other task had its turn.
    pub beats: u64,
    /// The longest time between two turns of it.
    pub longest: Duration,
    /// The threads that have read.
    pub threads: BTreeSet<String>,
}

/// Reads them in a task, as if there was nothing special about that.
pub fn on_the_loop(paths: &[PathBuf]) -> Result<Read> {
    beside_a_heart(async { Ok(vec![count(paths.to_vec())]) })
}

/// Reads them on other threads.
pub fn offloaded(paths: &[PathBuf]) -> Result<Read> {
    beside_a_heart(async {
        let read = |paths: &[PathBuf]| {
            let paths = paths.to_vec();
            spawn(offload(move || count(paths)))
        };
        let reading: Vec<_> = paths.chunks(FILES).map(read).collect();
        let mut counts = Vec::new();
        for task in reading {
            counts.push(task.await.flatten()?);
        }
        Ok(counts)
    })
}

type Counted = (WordCounts, String);

/// What is in the files, and which thread has read them.
fn count(paths: Vec<PathBuf>) -> Counted {
    let mut words = WordCounts::default();
    paths.iter().for_each(|path| count_file(&mut words, path));
    (words, format!("{:?}", thread::current().id()))
}

fn beside_a_heart(
    reading: impl Future<Output = std::result::Result<Vec<Counted>, Failed>>,
) -> Result<Read> {
    let runtime = Runtime::new()?;
    runtime.block_on(async {
        let (beats, longest) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(Duration::ZERO)));
        let heart = spawn(beat(Rc::clone(&beats), Rc::clone(&longest)));
        // It has its first turn.
        yield_now().await;
        let start = Instant::now();
        let counted = reading.await;
        let took = start.elapsed();
        // And a last one, so that a pause which is still going on is seen.
        let last = beats.get();
        while beats.get() == last {
            sleep(BEAT).await;
        }
        heart.cancel();
        let counted = counted.map_err(|why| match why {
            Failed::Panicked(panic) => Error::panicked(panic),
            Failed::Cancelled => Error::Refused("the task was cancelled"),
        })?;
        let (words, threads): (Vec<_>, BTreeSet<_>) = counted.into_iter().unzip();
        let words = words.into_iter().collect();
        Ok(Read { words, took, beats: beats.get(), longest: longest.get(), threads })
    })
}

/// Beats for ever, and notes the longest pause.
async fn beat(beats: Rc<Cell<u64>>, longest: Rc<Cell<Duration>>) {
    let mut last = Instant::now();
    loop {
        sleep(BEAT).await;
        longest.set(longest.get().max(last.elapsed()));
        last = Instant::now();
        beats.set(beats.get() + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> Vec<PathBuf> {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src/runtime");
        let listing = workloads::files::list(root.as_ref(), workloads::files::Bounds::NAMED);
        listing.expect("sources").paths
    }

    #[test]
    fn on_the_loop_nothing_else_has_a_turn_until_all_is_read() {
        let read = on_the_loop(&sources()).expect("to be read");
        assert!(read.beats <= 1, "{} turns", read.beats);
        assert!(read.longest >= read.took);
        assert_eq!(read.threads, BTreeSet::from([format!("{:?}", thread::current().id())]));
    }

    #[test]
    fn offloaded_they_are_read_by_other_threads_only() {
        let read = offloaded(&sources()).expect("to be read");
        assert!(!read.threads.contains(&format!("{:?}", thread::current().id())));
        let calls = sources().len().div_ceil(FILES);
        assert!((1..=calls).contains(&read.threads.len()), "{:?}", read.threads);
        assert_eq!(read.words, on_the_loop(&sources()).expect("to be read").words);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn epoll_refuses_files() {
        let answer = registered().expect("a poller, and a file");
        assert!(answer.is_err_and(|why| not_permitted(&why)));
    }
}
