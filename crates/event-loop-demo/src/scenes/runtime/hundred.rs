//! A hundred tasks: some wait for the slow service, some for timers, and some compute.

use std::cell::Cell;
use std::hint::black_box;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use stage::timeline::Finished;
use stage::{Timeline, thread_time};
use workloads::http::Request;
use workloads::{Error, Result, primes};

use super::diary::Diary;
use super::{REPLY, TASK, TIMER, TURN};
use crate::runtime::{Counts, JoinHandle, Runtime, sleep, spawn, yield_now};
use crate::solve::get;

/// How many ask the service, how many compute once they have their reply, and how many tick.
pub(super) const ASKING: usize = 60;
pub(super) const COMPUTING: usize = 10;
pub(super) const TICKING: usize = 30;
pub(super) const TASKS: usize = ASKING + COMPUTING + TICKING;

/// In how many turns a task that computes does its work.
pub(super) const TURNS: usize = 5;

/// How much that is: the primes below a number are counted so often.
const WORK: usize = 5;

/// What a run came to.
pub(super) struct Run {
    /// A lane a task, in the order in which they were spawned, and last `block_on`'s own future.
    pub(super) tasks: Timeline,
    pub(super) the_loop: Finished,
    pub(super) counts: Counts,
    /// How many threads the process had before, and with all tasks there; if that can be seen.
    pub(super) threads: Option<(usize, usize)>,
    /// The processor time of the loop's thread, and the time on the wall.
    pub(super) cpu: Duration,
    pub(super) wall: Duration,
}

pub(super) fn run(service: SocketAddr) -> Result<Run> {
    let runtime = Rc::new(Runtime::new().map_err(Error::io("starting a runtime"))?);
    let threads_before = threads();
    let (cpu, start) = (thread_time(), Instant::now());
    let diary = Diary::new(&runtime);
    let main = diary.note("main".into(), all(service, Rc::clone(&diary)));
    let threads_then = runtime.block_on(main)?;
    let (cpu, wall) = (thread_time().saturating_sub(cpu), start.elapsed());
    let (tasks, the_loop) = diary.timelines();
    let threads = threads_before.zip(threads_then);
    Ok(Run { tasks, the_loop, counts: runtime.counts(), threads, cpu, wall })
}

/// Starts them all, and waits for them. How many threads there are meanwhile.
async fn all(service: SocketAddr, diary: Rc<Diary>) -> Result<Option<usize>> {
    let over = Rc::new(Cell::new(false));
    let mut asking = Vec::new();
    for i in 0..ASKING {
        let task = ask(Rc::clone(&diary), service, i);
        asking.push(spawn(diary.note(format!("asks {}", i + 1), task)));
    }
    for i in 0..COMPUTING {
        let task = compute(Rc::clone(&diary), service, ASKING + i);
        asking.push(spawn(diary.note(format!("computes {}", i + 1), task)));
    }
    let mut ticking = Vec::new();
    for i in 0..TICKING {
        let task = tick(Rc::clone(&diary), i, Rc::clone(&over));
        ticking.push(spawn(diary.note(format!("ticks {}", i + 1), task)));
    }
    let threads = diary.waiting(TASK, ended(asking)).await.map(|()| threads());
    over.set(true);
    diary.waiting(TASK, ended(ticking)).await?;
    threads
}

async fn ended(tasks: Vec<JoinHandle<Result<()>>>) -> Result<()> {
    // All are waited for before the first error is looked at.
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.map_err(Error::from).flatten());
    }
    results.into_iter().collect()
}

/// Asks twice. The service answers the first time when all who ask are there, so that they wait
/// together however slow the machine is.
async fn ask(diary: Rc<Diary>, service: SocketAddr, i: usize) -> Result<()> {
    together(&diary, service, i).await?;
    let think = Request::get(format!("/think?id={i}&ms={}", 8 + i * 7 % 20));
    diary.waiting(REPLY, get(service, think.clone())).await?.ok(&think).map(drop)
}

async fn together(diary: &Diary, service: SocketAddr, i: usize) -> Result<()> {
    let gather = Request::get(format!("/gather?id={i}&of={}", ASKING + COMPUTING));
    diary.waiting(REPLY, get(service, gather.clone())).await?.ok(&gather).map(drop)
}

/// Asks, and computes in several turns.
async fn compute(diary: Rc<Diary>, service: SocketAddr, i: usize) -> Result<()> {
    together(&diary, service, i).await?;
    for _ in 0..TURNS {
        for _ in 0..WORK.div_ceil(TURNS) {
            black_box(primes::count(0..black_box(8_000)));
        }
        diary.waiting(TURN, yield_now()).await;
    }
    Ok(())
}

/// Does next to nothing every few milliseconds.
async fn tick(diary: Rc<Diary>, i: usize, over: Rc<Cell<bool>>) -> Result<()> {
    while !over.get() {
        diary.waiting(TIMER, sleep(Duration::from_millis(3 + i as u64 % 7))).await;
    }
    Ok(())
}

/// How many threads this process has, where /proc tells.
fn threads() -> Option<usize> {
    std::fs::read_dir("/proc/self/task").ok().map(Iterator::count)
}

#[cfg(test)]
mod tests {
    use workloads::Service;

    use super::*;

    #[test]
    fn every_poll_is_noted_and_none_is_for_nothing() {
        let service = Service::start().unwrap();
        let Run { tasks, the_loop, counts, .. } = run(service.address()).unwrap();
        let polled = tasks.lanes.iter().flat_map(|lane| &lane.spans);
        let polled = polled.filter(|span| span.state == "computing").count();
        assert_eq!(polled as u64, counts.polls);
        assert_eq!(tasks.lanes.len(), TASKS + 1);
        assert_eq!(counts.spawned as usize, TASKS + 1);
        assert!(counts.polls <= counts.wakes + counts.spawned, "{counts:?}");
        assert!(counts.sleeps > 0 && counts.sleeps <= counts.looks, "{counts:?}");
        let ordered =
            |spans: &[stage::timeline::Span]| spans.windows(2).all(|w| w[0].to <= w[1].from);
        assert!(tasks.lanes.iter().chain([&the_loop]).all(|lane| ordered(&lane.spans)));
    }
}
