//! The same 32 ranges, handed to threads in four ways. High numbers cost more than low ones, so
//! the ranges are of unequal cost: that is what tells the ways apart.

use std::ops::Range;
use std::thread;

use rayon::prelude::*;
use stage::{Recorder, Result, Stage, Timeline};
use workloads::primes;

use crate::Pool;
use crate::solve::cores;

/// How many ranges there are.
pub(super) const RANGES: u64 = 32;

/// How many primes, and who looked for them when.
type Counted = (u64, Timeline);

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let below = stage.pick(1_000_000, 300_000);
    let threads = cores().min(8);
    let ranges = primes::split(below, RANGES)?;
    let known = primes::count(0..below);
    let pool = Pool::new(threads)?;

    let (each, each_lanes) = thread_each(&ranges);
    let (dealt, dealt_lanes) = dealt(&ranges, threads);
    let (shared, shared_lanes) = shared(&ranges, &pool);
    let (stolen, stolen_lanes) = stolen(&ranges);
    let late = [&dealt_lanes, &shared_lanes, &stolen_lanes].map(begun_late);
    stage.timeline(
        format!("Primes in {RANGES} ranges, a thread for each: the kernel finds them cores."),
        each_lanes,
    );
    stage.timeline(
        format!("Dealt out beforehand to {threads} threads, in equal parts:"),
        dealt_lanes,
    );
    stage.timeline("Our pool: who is free claims the next chunk.", shared_lanes);
    stage.timeline("rayon: each thread halves its part, and idle ones steal halves.", stolen_lanes);
    stage.check(
        "every way finds the same primes",
        format!("{known} each"),
        [each, dealt, shared, stolen] == [known; 4],
        "a range was lost or counted twice: please report this",
    );
    stage.check(
        "dealt out, ranges were begun when another thread was done already; claimed, hardly any",
        format!("{} dealt out, {} in the pool, {} with rayon", late[0], late[1], late[2]),
        late[0] > late[1] + 1,
        "This needs two cores of the same speed: with one, or a busy one, a thread that was dealt \
         the smaller half may be the later one.",
    );
    Ok(())
}

fn thread_each(ranges: &[Range<u64>]) -> Counted {
    let recorder = Recorder::new();
    let count = thread::scope(|scope| {
        let threads = (1..).zip(ranges.iter().cloned()).map(|(item, range)| {
            let mut lane = recorder.lane(format!("thread {item}"));
            scope.spawn(move || {
                lane.now_with("computing", item);
                primes::count(range)
            })
        });
        let threads: Vec<_> = threads.collect();
        threads.into_iter().map(|thread| thread.join().expect("counting does not panic")).sum()
    });
    (count, recorder.timeline())
}

pub(super) fn dealt(ranges: &[Range<u64>], threads: usize) -> Counted {
    let recorder = Recorder::new();
    let numbered: Vec<_> = (1..).zip(ranges.iter().cloned()).collect();
    let count = thread::scope(|scope| {
        let parts = numbered.chunks(ranges.len().div_ceil(threads));
        let threads = (1..).zip(parts).map(|(thread, part)| {
            let mut lane = recorder.lane(format!("thread {thread}"));
            scope.spawn(move || {
                let count = |(item, range): &(usize, Range<u64>)| {
                    lane.now_with("computing", *item);
                    primes::count(range.clone())
                };
                part.iter().map(count).sum::<u64>()
            })
        });
        let threads: Vec<_> = threads.collect();
        threads.into_iter().map(|thread| thread.join().expect("counting does not panic")).sum()
    });
    (count, recorder.timeline())
}

fn shared(ranges: &[Range<u64>], pool: &Pool) -> Counted {
    let recorder = Recorder::new();
    let caller = thread::current().id();
    let counts = pool.share(ranges.len(), |claims| {
        let thread = thread::current();
        // The caller waits for the answer, so it may as well work for it.
        let name = if thread.id() == caller { None } else { thread.name() };
        let mut lane = recorder.lane(name.unwrap_or("caller"));
        let count = |item: usize| {
            lane.now_with("computing", item + 1);
            primes::count(ranges[item].clone())
        };
        claims.map(count).sum::<u64>()
    });
    (counts.iter().sum(), recorder.timeline())
}

fn stolen(ranges: &[Range<u64>]) -> Counted {
    let recorder = Recorder::new();
    let count = |(item, range): (usize, &Range<u64>)| {
        let thread = rayon::current_thread_index().map_or(0, |index| index + 1);
        let mut lane = recorder.lane(format!("rayon {thread}"));
        lane.now_with("computing", item + 1);
        primes::count(range.clone())
    };
    let count = ranges.par_iter().enumerate().map(count).sum();
    (count, recorder.timeline())
}

/// How many items were begun after some thread had come to its end: it could have done them.
fn begun_late(timeline: &Timeline) -> usize {
    let end = |lane: &stage::timeline::Finished| lane.spans.last().map(|span| span.to);
    let first_end = timeline.lanes.iter().filter_map(end).min().unwrap_or_default();
    let spans = timeline.lanes.iter().flat_map(|lane| &lane.spans);
    spans.filter(|span| span.from > first_end).count()
}
