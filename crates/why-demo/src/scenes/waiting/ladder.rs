//! What a core does in a nanosecond, and what it waits for: everything measured here, and beside it
//! what can't be.

use std::hint::black_box;
use std::io::{Read, Write};
use std::os::unix::process::parent_id;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::thread;

use stage::{Contest, Result};
use workloads::Error;

use super::chase::Chase;
use super::things::{echo, page, process};

/// Little enough for the cache nearest to a core (32 KiB or more on all that are sold), more than
/// that and less than the next one, and more than most caches hold.
const NEAR: usize = 16 << 10;
const MIDDLE: usize = 256 << 10;
const FAR: usize = 128 << 20;

/// London to New York along the great circle, in km; light in a vacuum, km/s; and how many times as
/// slow it is in the glass of a fibre.
const OCEAN: f64 = 5_570.0;
const LIGHT: f64 = 299_792.458;
const GLASS: f64 = 1.468;

/// One thing, and how long it takes.
pub struct Step {
    /// What is done once.
    pub what: &'static str,
    /// How long it takes, in ns.
    pub nanos: f64,
    /// Who says so.
    pub source: Source,
}

/// Where a figure comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// It was measured: the name by which it is found.
    Here(&'static str),
    /// From elsewhere: the number of the note that says where.
    Told(&'static str),
}

/// Measures all that can be measured here, and returns it with what can't, from the shortest to the
/// longest.
///
/// # Errors
/// Whatever the system refused.
pub fn climb(rounds: usize) -> Result<Vec<Step>> {
    let program = std::env::current_exe()?;
    let (near, middle, far) = (Chase::through(NEAR), Chase::through(MIDDLE), Chase::through(FAR));
    let (counter, lock) = (AtomicU64::new(0), Mutex::new(0_u64));
    let (mut peer, echo) = echo()?;
    let mut climb = Climb::default();
    climb.each(20_000, "call", "a function call", |n| {
        black_box((0..n).fold(0, |sum, _| called(sum)));
        Ok(())
    });
    // So many that what had to be brought near first is lost among them.
    climb.each(200_000, "near", "a read, nearest cache", chased(&near));
    climb.each(200_000, "middle", "a read, next cache (256 KiB)", chased(&middle));
    climb.each(4_000, "memory", "a read, memory (128 MiB)", chased(&far));
    climb.each(20_000, "atomic", "an atomic addition", |n| {
        (0..n).for_each(|_| _ = counter.fetch_add(1, Relaxed));
        Ok(())
    });
    climb.each(20_000, "lock", "a mutex, locked and released", |n| {
        (0..n).for_each(|_| *lock.lock().unwrap_or_else(PoisonError::into_inner) += 1);
        Ok(())
    });
    climb.each(2_000, "kernel", "a system call (getppid)", |n| {
        (0..n).for_each(|_| _ = black_box(parent_id()));
        Ok(())
    });
    climb.each(100, "file", "4 KiB of a file, in memory", |n| {
        (0..n).try_for_each(|_| page(&program))
    });
    climb.each(100, "trip", "a byte to a thread and back", |n| {
        (0..n).try_for_each(|_| {
            peer.write_all(&[1])?;
            Ok(peer.read_exact(&mut [0])?)
        })
    });
    climb.each(20, "thread", "a thread, start to end", |n| {
        (0..n).try_for_each(|_| {
            let started = thread::Builder::new().spawn(|| {})?;
            Ok(started.join().map_err(Error::panicked)?)
        })
    });
    climb.each(4, "process", "a process, start to end", |n| (0..n).try_for_each(|_| process()));
    let steps = climb.run(rounds)?;
    drop(peer);
    echo.join().map_err(Error::panicked)?;
    Ok(steps)
}

/// What is measured: how often in a round, its name, and what stands in the table.
#[derive(Default)]
struct Climb<'a> {
    contest: Contest<'a>,
    steps: Vec<(u32, &'static str, &'static str)>,
}

impl<'a> Climb<'a> {
    /// Enters what is done so many times in a round.
    fn each(
        &mut self,
        times: u32,
        id: &'static str,
        what: &'static str,
        mut round: impl FnMut(u32) -> Result + 'a,
    ) {
        self.contest.enter(id, move || round(times));
        self.steps.push((times, id, what));
    }

    fn run(self, rounds: usize) -> Result<Vec<Step>> {
        let measured = self.contest.run(rounds)?;
        let steps = self.steps.into_iter().zip(measured).map(|((times, id, what), took)| Step {
            what,
            nanos: took.median().as_secs_f64() * 1e9 / f64::from(times),
            source: Source::Here(id),
        });
        let mut steps: Vec<_> = steps.chain(told()).collect();
        steps.sort_by(|a, b| a.nanos.total_cmp(&b.nanos));
        Ok(steps)
    }
}

/// What can't be measured on one machine.
fn told() -> [Step; 3] {
    let light = 2.0 * OCEAN / (LIGHT / GLASS) * 1e9;
    let step = |what, nanos, note| Step { what, nanos, source: Source::Told(note) };
    [
        step("a datacentre, there and back", 500e3, "[2]"),
        step("light, London–New York–London", light, "[1]"),
        step("California–Netherlands, and back", 150e6, "[2]"),
    ]
}

#[inline(never)]
fn called(number: u64) -> u64 {
    black_box(number + 1)
}

/// Goes on where it was, so that no read finds what the round before has brought near.
fn chased(chase: &Chase) -> impl FnMut(u32) -> Result + '_ {
    let mut at = 0;
    move |reads| {
        at = black_box(chase.follow(at, reads));
        Ok(())
    }
}
