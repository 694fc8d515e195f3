//! Computing: two tasks of one loop beside two threads.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;

use stage::{Lane, Recorder, Result, Stage, Timeline};
use workloads::primes;

use crate::runtime::{Runtime, join, yield_now};

/// In how many pieces each computes.
const PIECES: usize = 6;

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let below = stage.pick(150_000, 60_000);
    let tasks = tasks(below)?;
    let threads = threads(below);
    let at_once = [&tasks, &threads].map(|timeline| timeline.at_once("computing"));
    stage.timeline(
        "Two tasks that compute, and let each other go first as often as they can:",
        tasks,
    );
    stage.timeline("Two threads that compute the same:", threads);
    let [tasks, threads] = at_once;
    stage.check(
        "tasks of one loop never compute at the same instant, threads do",
        format!("{tasks} at once, and {threads}"),
        (tasks, threads) == (1, 2),
        "The first thread was done before the second had a core.",
    );
    Ok(())
}

/// A piece of work: the same for both.
fn piece(lane: &mut Lane, piece: usize, below: u64) {
    lane.now_with("computing", piece + 1);
    black_box(primes::count(0..black_box(below)));
    lane.now("waiting");
}

fn tasks(below: u64) -> Result<Timeline> {
    let recorder = Recorder::new();
    let task = async |name| {
        let mut lane = recorder.lane(name);
        lane.now("waiting");
        for i in 0..PIECES {
            piece(&mut lane, i, below);
            yield_now().await;
        }
    };
    Runtime::new()?.block_on(join(task("task 1"), task("task 2")));
    Ok(recorder.timeline())
}

fn threads(below: u64) -> Timeline {
    let (recorder, both) = (Recorder::new(), Barrier::new(2));
    thread::scope(|scope| {
        for name in ["thread 1", "thread 2"] {
            let (mut lane, both) = (recorder.lane(name), &both);
            scope.spawn(move || {
                both.wait();
                (0..PIECES).for_each(|i| piece(&mut lane, i, below));
            });
        }
    });
    recorder.timeline()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tasks_take_turns_piece_by_piece() {
        let timeline = tasks(100).unwrap();
        assert_eq!(timeline.at_once("computing"), 1);
        let computing = |lane: &stage::timeline::Finished| {
            lane.spans.iter().filter(|span| span.state == "computing").copied().collect::<Vec<_>>()
        };
        let mut pieces: Vec<_> = timeline.lanes.iter().flat_map(computing).collect();
        pieces.sort_by_key(|span| span.from);
        let items: Vec<_> = pieces.iter().filter_map(|span| span.item).collect();
        let turns: Vec<u32> = (1..=PIECES as u32).flat_map(|piece| [piece, piece]).collect();
        assert_eq!(items, turns);
    }
}
