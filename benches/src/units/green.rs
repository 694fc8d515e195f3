//! Green threads.

use std::rc::Rc;
use std::time::{Duration, Instant};

use green_threads_demo::green::{self, JoinHandle, Mutex};

use super::limits::Kind;
use super::turns::{Turns, mean};
use super::{Model, memory};
use crate::Result;

/// A green thread each.
pub const MODEL: Model = Model {
    name: "green threads",
    chapter: "green-threads-demo",
    kind: Kind::Stack,
    memory: wait,
    spawn: |count| green::run(|| spawn(count))?,
    switch: Some(|count, switches| {
        let turns = switches.div_ceil(count.into());
        let took = green::run(|| give_way(count, turns))??;
        Ok(took.map(|took| mean(took, count, turns)))
    }),
};

fn start(count: u32, work: impl FnOnce() + Copy + 'static) -> Result<Vec<JoinHandle<()>>> {
    let mut threads = Vec::with_capacity(count as usize);
    for _ in 0..count {
        threads.push(green::try_spawn(work)?);
    }
    Ok(threads)
}

fn join(threads: Vec<JoinHandle<()>>) -> Result {
    for thread in threads {
        thread.join().map_err(|why| format!("a green thread has failed: {why:?}"))?;
    }
    Ok(())
}

fn spawn(count: u32) -> Result<Duration> {
    let begun = Instant::now();
    join(start(count, || ())?)?;
    Ok(begun.elapsed())
}

fn give_way(count: u32, turns: u64) -> Result<Option<Duration>> {
    static TURNS: Turns = Turns::new();
    let threads = start(count, move || {
        TURNS.one_comes();
        while !TURNS.have_begun() {
            green::yield_now();
        }
        (0..turns).for_each(|_| green::yield_now());
        TURNS.one_had(count);
        while !TURNS.are_over() {
            green::yield_now();
        }
    })?;
    while !TURNS.are_there(count) {
        green::yield_now();
    }
    TURNS.begin();
    join(threads)?;
    Ok(TURNS.took())
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
