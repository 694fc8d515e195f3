//! Fan-out and fan-in: one producer, several workers, one collector.

use std::thread;

use crossbeam_channel::{bounded, unbounded};
use stage::{Recorder, Result, Stage, Timeline};
use workloads::primes;

use crate::solve::cores;

const ITEMS: u64 = 16;

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let (below, known) = (1_000_000, primes::PI_OF_POWERS_OF_TEN[6]);
    let workers = cores().clamp(2, 8);
    let (answers, timeline) = run(below, workers)?;
    stage.timeline(
        format!("One channel, {workers} workers: whoever is free takes the next of {ITEMS} items."),
        timeline,
    );
    let mut items: Vec<_> = answers.iter().map(|(item, _)| *item).collect();
    items.sort_unstable();
    let count: u64 = answers.iter().map(|(_, count)| count).sum();
    stage.check(
        "each item comes out once, and together they are right",
        format!("{} items, {count} primes", items.len()),
        items.into_iter().eq(1..=ITEMS as usize) && count == known,
        "a channel lost an item or delivered it twice: please report this",
    );
    Ok(())
}

/// How many primes lie in each of the items, in the order in which the answers came.
fn run(below: u64, workers: usize) -> Result<(Vec<(usize, u64)>, Timeline)> {
    let ranges = primes::split(below, ITEMS)?;
    let recorder = Recorder::new();
    let (tasks, inbox) = bounded(0);
    let (outbox, results) = unbounded();
    let answers = thread::scope(|scope| {
        for worker in 1..=workers {
            // Each worker has a receiver of the same channel and a sender of the other.
            let (inbox, outbox) = (inbox.clone(), outbox.clone());
            let mut lane = recorder.lane(format!("worker {worker}"));
            scope.spawn(move || {
                lane.now("waiting");
                for (item, range) in &inbox {
                    lane.now_with("computing", item);
                    let answer = (item, primes::count(range));
                    lane.now("waiting");
                    outbox.send(answer).expect("the collector is there until all have sent");
                }
            });
        }
        // The last receiver gone ends the producer, the last sender gone ends the collector;
        // these two belong to nobody.
        drop((inbox, outbox));
        let mut lane = recorder.lane("producer");
        scope.spawn(move || {
            for task in (1..).zip(ranges) {
                lane.now("blocked");
                tasks.send(task).expect("a worker takes every item");
            }
        });
        let mut lane = recorder.lane("collector");
        lane.now("waiting");
        results.iter().collect()
    });
    Ok((answers, recorder.timeline()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_workers_does_each_item_once() {
        for workers in [1, 2, 5, 20] {
            let (mut answers, _) = run(10_001, workers).unwrap();
            answers.sort_unstable();
            assert!(answers.iter().map(|(item, _)| *item).eq(1..=ITEMS as usize));
            assert_eq!(answers.iter().map(|(_, count)| count).sum::<u64>(), 1_229);
        }
    }
}
