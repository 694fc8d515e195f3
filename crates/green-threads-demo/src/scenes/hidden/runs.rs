//! A run of the client, and what was seen of it from outside.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use stage::Result;
use workloads::Service;

/// What came of a run.
pub(super) struct Ran {
    pub(super) name: &'static str,
    pub(super) sum: u64,
    /// How many questions the service held at once.
    pub(super) in_flight: u64,
    /// How many threads the process had more than before, at most; where that can be seen.
    pub(super) threads: Option<usize>,
    pub(super) took: Duration,
}

pub(super) fn ran(
    name: &'static str,
    service: &Service,
    run: impl FnOnce() -> io::Result<u64>,
) -> Result<Ran> {
    service.clear()?;
    let over = AtomicBool::new(false);
    let (sum, took, most) = thread::scope(|scope| {
        let watch = thread::Builder::new().spawn_scoped(scope, || {
            let mut most = threads();
            while !over.load(Ordering::Relaxed) {
                most = most.max(threads());
                thread::sleep(Duration::from_millis(1));
            }
            most
        })?;
        let (before, start) = (threads(), Instant::now());
        let sum = run();
        let took = start.elapsed();
        over.store(true, Ordering::Relaxed);
        let most = watch.join().map_err(|_| io::Error::other("who watches has panicked"))?;
        // Others in this process may have ended some of theirs before there was a look at them.
        let more = most.zip(before).map(|(most, before)| most.saturating_sub(before));
        io::Result::Ok((sum?, took, more))
    })?;
    Ok(Ran { name, sum, in_flight: service.log()?.most_at_once, threads: most, took })
}

/// How many threads this process has, where /proc tells.
fn threads() -> Option<usize> {
    std::fs::read_dir("/proc/self/task").ok().map(Iterator::count)
}
