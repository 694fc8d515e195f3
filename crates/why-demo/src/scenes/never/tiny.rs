//! Tasks so small that to hand one over takes longer than to do it.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, PoisonError};
use std::thread;

use stage::{Contest, Result};
use workloads::Error;
use workloads::chain::{self, Digest};

use super::{Problem, alone, few_and_many};
use crate::crew;

/// A task is so many links of a chain of its own.
const LINKS: u64 = 1;

fn task(number: u64) -> u64 {
    chain::go_on(Digest(number), LINKS).0
}

/// Does tasks for as long as `next` hands one over; the sum of what they came to.
fn each(next: impl Fn() -> Option<u64>) -> u64 {
    std::iter::from_fn(next).map(task).fold(0, u64::wrapping_add)
}

fn sum(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.fold(0, u64::wrapping_add)
}

/// So many links in all.
pub(super) fn race(links: u64, rounds: usize) -> Result<Problem> {
    let tasks = links / LINKS;
    let known = sum((0..tasks).map(task));
    let right = move |sum| if sum == known { Ok(()) } else { Err("a task was lost".into()) };
    let mut contest = Contest::new();
    alone(&mut contest, move || right(sum(black_box(0..tasks).map(task))));
    for threads in few_and_many() {
        contest.enter(format!("claimed by an atomic, {threads} threads"), move || {
            let next = AtomicU64::new(0);
            let claim = || Some(next.fetch_add(1, Relaxed)).filter(|number| *number < tasks);
            right(sum(crew::together(threads, |_| Ok(each(claim)))?.into_iter()))
        });
        contest.enter(format!("a queue in a mutex, {threads} threads"), move || {
            let queue = Mutex::new(0..tasks);
            let take = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            right(sum(crew::together(threads, |_| Ok(each(take)))?.into_iter()))
        });
    }
    let [few, _] = few_and_many();
    contest.enter(format!("a channel to each of {few} threads"), move || {
        right(sum(sent(few, tasks)?.into_iter()))
    });
    contest.enter(format!("way out: {few} threads, a chunk each"), move || {
        let edge = |thread: usize| tasks * thread as u64 / few as u64;
        let chunk = |thread| Ok(sum((edge(thread)..edge(thread + 1)).map(task)));
        right(sum(crew::together(few, chunk)?.into_iter()))
    });
    let mut times = contest.run(rounds)?;
    let what = format!("{tasks} tasks of {LINKS} link(s) of a chain each, handed over one by one.");
    Ok(Problem { name: "tiny tasks", what, way_out: times.pop(), times })
}

/// This thread sends the tasks to others, one to each in turn.
fn sent(threads: usize, tasks: u64) -> workloads::Result<Vec<u64>> {
    thread::scope(|scope| {
        let worker = |_| {
            let (to, from) = sync_channel(1_024);
            let work = move || each(|| from.recv().ok());
            Ok((to, thread::Builder::new().spawn_scoped(scope, work)?))
        };
        let workers: std::io::Result<Vec<_>> = (0..threads).map(worker).collect();
        let workers = workers.map_err(Error::io("starting a thread"))?;
        let (senders, workers): (Vec<_>, Vec<_>) = workers.into_iter().unzip();
        // Who can't take one more has panicked, and says so when it is joined.
        let _ = (0..tasks).zip(senders.iter().cycle()).try_for_each(|(task, to)| to.send(task));
        drop(senders);
        workers.into_iter().map(|worker| worker.join().map_err(Error::panicked)).collect()
    })
}
