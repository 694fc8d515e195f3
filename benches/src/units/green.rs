//! Green threads.

use std::rc::Rc;
use std::time::{Duration, Instant};

use green_threads_demo::green::{self, Mutex};

use super::limits::Kind;
use super::{Model, memory};
use crate::Result;

/// A green thread each.
pub const MODEL: Model = Model {
    name: "green threads",
    chapter: "green-threads-demo",
    kind: Kind::Stack,
    memory: wait,
    spawn: |count| green::run(|| join(count, || ()))?,
    switch: Some(|count, switches| {
        let turns = switches.div_ceil(count.into());
        let took =
            green::run(|| join(count, move || (0..turns).for_each(|_| green::yield_now())))??;
        Ok(Some(took.as_nanos() as f64 / (u64::from(count) * (turns + 1)) as f64))
    }),
};

/// Starts so many, and waits for their ends.
fn join(count: u32, work: impl FnOnce() + Copy + 'static) -> Result<Duration> {
    let mut threads = Vec::with_capacity(count as usize);
    let start = Instant::now();
    for _ in 0..count {
        threads.push(green::try_spawn(work)?);
    }
    for thread in threads {
        thread.join().map_err(|why| format!("a green thread has failed: {why:?}"))?;
    }
    Ok(start.elapsed())
}

fn wait(count: u32) -> Result<Option<f64>> {
    green::run(|| {
        let lock = Rc::new(Mutex::new(()));
        let held = lock.lock();
        let each = memory::each(count, || {
            for _ in 0..count {
                let lock = Rc::clone(&lock);
                green::try_spawn(move || drop(lock.lock()))?;
                // It runs until it waits for the lock, and this goes on.
                green::yield_now();
            }
            Ok(memory::ours())
        });
        drop(held);
        each
    })?
}
