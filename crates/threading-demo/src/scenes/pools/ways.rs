//! Four ways to hand the same ranges to threads.

use std::ops::Range;
use std::thread;

use rayon::prelude::*;
use stage::{Recorder, Timeline};
use workloads::primes;

use crate::Pool;

/// How many primes, and who looked for them when.
type Counted = (u64, Timeline);

pub(super) fn thread_each(ranges: &[Range<u64>]) -> Counted {
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

pub(super) fn shared(ranges: &[Range<u64>], pool: &Pool) -> Counted {
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

pub(super) fn stolen(ranges: &[Range<u64>]) -> Counted {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_does_every_range_once() {
        let ranges = primes::split(10_001, 32).unwrap();
        let pool = Pool::new(3).unwrap();
        let ways =
            [thread_each(&ranges), dealt(&ranges, 3), shared(&ranges, &pool), stolen(&ranges)];
        for (count, timeline) in ways {
            let spans = timeline.lanes.iter().flat_map(|lane| &lane.spans);
            let mut items: Vec<_> = spans.filter_map(|span| span.item).collect();
            items.sort_unstable();
            assert!(items.into_iter().eq(1..=32));
            assert_eq!(count, 1_229);
        }
    }
}
