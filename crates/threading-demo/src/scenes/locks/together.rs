//! Threads that work at the same time, from the start.

use std::hint;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::pin::{all_cores, pin};

/// `work` in so many threads, each on a core of its own if there are enough: the sum of what they
/// return, and the time from the first one's start to the last one's end.
pub fn together(threads: usize, work: &(impl Fn(usize) -> u64 + Sync)) -> (u64, Duration) {
    let missing = AtomicUsize::new(threads);
    let run = |thread, core| {
        pin(core);
        // Not a Barrier, in which all but the last fall asleep, and have to wake up first.
        missing.fetch_sub(1, Ordering::Relaxed);
        while missing.load(Ordering::Relaxed) > 0 {
            hint::spin_loop();
        }
        let start = Instant::now();
        let count = work(thread);
        (count, start, Instant::now())
    };
    thread::scope(|scope| {
        let run = &run;
        let spawn = |(thread, core)| scope.spawn(move || run(thread, core));
        let spawned: Vec<_> = (0..threads).zip(all_cores()).map(spawn).collect();
        let done: Vec<_> =
            spawned.into_iter().map(|thread| thread.join().expect("work does not panic")).collect();
        let start = done.iter().map(|(_, start, _)| *start).min();
        let end = done.iter().map(|(.., end)| *end).max();
        let took = end.zip(start).map(|(end, start)| end - start).unwrap_or_default();
        (done.iter().map(|(count, ..)| count).sum(), took)
    })
}
