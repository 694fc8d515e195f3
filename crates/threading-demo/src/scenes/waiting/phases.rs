//! A barrier between phases of uneven work.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use stage::{Recorder, Result, Timeline};
use workloads::chain;

const THREADS: usize = 3;
const PHASES: usize = 3;

/// Three threads compute in three phases. In each phase another one has three parts to do and
/// the others one; a part is a chain of so many links.
///
/// # Errors
/// If there can be no such chain.
pub(super) fn run(links: u64) -> Result<Timeline> {
    let (recorder, barrier) = (Recorder::new(), Barrier::new(THREADS));
    let ends = thread::scope(|scope| {
        let barrier = &barrier;
        let threads = [0, 1, 2].map(|number| {
            let mut lane = recorder.lane(format!("thread {}", number + 1));
            scope.spawn(move || {
                let mut end = Ok(());
                for phase in 0..PHASES {
                    lane.now_with("computing", phase + 1);
                    let parts = if number == phase { 3 } else { 1 };
                    end = end.and(chain::run(parts * links).map(drop));
                    // Also after an error: the others count on being all.
                    lane.now("waiting");
                    barrier.wait();
                }
                end
            })
        });
        threads.map(|thread| thread.join().expect("computing does not panic"))
    });
    ends.into_iter().collect::<workloads::Result<()>>()?;
    Ok(recorder.timeline())
}

/// How many times a thread began a phase before all had ended the one before.
pub(super) fn began_early(timeline: &Timeline) -> usize {
    let spans = || timeline.lanes.iter().flat_map(|lane| &lane.spans);
    let computing = |phase| spans().filter(move |span| span.item == Some(phase));
    let early = |phase| {
        let all_ended = computing(phase - 1).map(|span| span.to).max();
        computing(phase).filter(|span| Some(span.from) < all_ended).count()
    };
    (2..=PHASES as u32).map(early).sum()
}

/// How much of the threads' time was waiting.
pub(super) fn share_of_waiting(timeline: &Timeline) -> f64 {
    let sum = |state| -> Duration {
        timeline.lanes.iter().map(|lane| timeline.time_in(&lane.name, state)).sum()
    };
    let (waiting, computing) = (sum("waiting"), sum("computing"));
    waiting.as_secs_f64() / (waiting + computing).as_secs_f64().max(1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_begins_a_phase_early() {
        for _ in 0..100 {
            let timeline = run(1_000).unwrap();
            assert_eq!(began_early(&timeline), 0);
            assert!(timeline.lanes.iter().all(|lane| lane.spans.len() == 2 * PHASES));
        }
    }
}
