//! Threads of the system, plain and under a global lock.

use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, OnceLock};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use global_lock_demo::lock::Interval;
use global_lock_demo::solve::Attached;
use global_lock_demo::thread::ThreadState;

use super::limits::Kind;
use super::{Model, memory};
use crate::Result;

/// A thread each.
pub const PLAIN: Model = Model {
    name: "threads",
    chapter: "threading-demo",
    kind: Kind::Thread,
    memory: |count| wait(count, alone),
    spawn: |count| spawn(count, alone),
    switch: Some(|count, switches| hand_on(count, switches, alone)),
};

/// The same, and only who holds the lock runs.
pub const LOCKED: Model = Model {
    name: "global lock",
    chapter: "global-lock-demo",
    kind: Kind::Thread,
    memory: |count| wait(count, locked),
    spawn: |count| spawn(count, locked),
    switch: Some(|count, switches| hand_on(count, switches, locked)),
};

/// What a thread does around a wait.
type Outside<'a> = &'a mut dyn FnMut(&mut dyn FnMut());

/// Runs what a thread has to do, the thread of this number, from 1 up.
type Life = fn(u32, &mut dyn FnMut(Outside<'_>));

fn alone(_: u32, work: &mut dyn FnMut(Outside<'_>)) {
    work(&mut |wait| wait());
}

fn locked(number: u32, work: &mut dyn FnMut(Outside<'_>)) {
    static LOCK: LazyLock<Interval> = LazyLock::new(Interval::default);
    let mut gil = Attached::new(&*LOCK, ThreadState::new(number));
    work(&mut |wait| gil.outside(wait));
}

fn spawn(count: u32, life: Life) -> Result<Duration> {
    let mut threads = Vec::with_capacity(count as usize);
    let start = Instant::now();
    for number in 1..=count {
        threads.push(thread::Builder::new().spawn(move || life(number, &mut |_| {}))?);
    }
    for thread in threads {
        thread.join().map_err(|_| "a thread that does nothing has panicked")?;
    }
    Ok(start.elapsed())
}

/// They wait until the process ends.
fn wait(count: u32, life: Life) -> Result<Option<f64>> {
    static WAITING: AtomicU64 = AtomicU64::new(0);
    let sleep = move |number| {
        life(number, &mut |outside| {
            outside(&mut || {
                WAITING.fetch_add(1, Ordering::Relaxed);
                loop {
                    thread::park();
                }
            });
        });
    };
    memory::each(count, || {
        for number in 1..=count {
            thread::Builder::new().spawn(move || sleep(number))?;
        }
        while WAITING.load(Ordering::Relaxed) < u64::from(count) {
            thread::sleep(Duration::from_millis(1));
        }
        Ok(memory::ours())
    })
}

/// The threads and the one that started them stand in a ring. Whose turn it is hands it on to the
/// next and waits. (To give way, `sched_yield`, would be no such thing: the kernel may go on with
/// the same thread.)
fn hand_on(count: u32, switches: u64, life: Life) -> Result<Option<f64>> {
    static RING: OnceLock<Vec<Thread>> = OnceLock::new();
    static TURN: AtomicU64 = AtomicU64::new(0);
    let members = u64::from(count) + 1;
    let laps = switches.div_ceil(members);
    let comes = |turn: u64| {
        while TURN.load(Ordering::Acquire) != turn {
            thread::park();
        }
    };
    let go_round = move |member: u64, laps: RangeInclusive<u64>, outside: Outside<'_>| {
        for lap in laps {
            let mine = lap * members + member;
            outside(&mut || comes(mine));
            TURN.store(mine + 1, Ordering::Release);
            // Read after the turn has come, so that who reads it has seen it being set.
            if let Some(ring) = RING.get() {
                ring[((member + 1) % members) as usize].unpark();
            }
        }
    };
    let starter = thread::current();
    let spawned: Result<Vec<_>, _> = (1..=count)
        .map(|number| {
            let work =
                move || life(number, &mut |outside| go_round(number.into(), 0..=laps, outside));
            thread::Builder::new().spawn(work)
        })
        .collect();
    let spawned = spawned?;
    let threads = spawned.iter().map(|thread| thread.thread().clone());
    let _ = RING.set([starter].into_iter().chain(threads).collect());
    // For the first lap they have to come to life; it is not timed, and nor are their ends.
    go_round(0, 0..=0, &mut |wait| wait());
    comes(members);
    let start = Instant::now();
    go_round(0, 1..=laps, &mut |wait| wait());
    comes((laps + 1) * members);
    let took = start.elapsed();
    for thread in spawned {
        thread.join().map_err(|_| "a thread of the ring has panicked")?;
    }
    Ok(Some(took.as_nanos() as f64 / (laps * members) as f64))
}
