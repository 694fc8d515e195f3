//! What the scene about locks promises, apart from what things cost.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use threading_demo::scenes::locks::{Lock, Turn, UnlockFair, take_turns};

const TURNS: usize = 50;

const PATIENCE: Duration = Duration::from_secs(60);

/// All of parking_lot's locks share their queues, and a thread may sleep for a queue, too: so only one
/// lock of its is used at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn turns_of<L: Lock<Vec<Turn>>>() -> (usize, usize) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let start = Instant::now();
    loop {
        let turns = take_turns::<L>(TURNS, Duration::ZERO, [None; 2]);
        assert!(turns.turns.len() <= TURNS);
        assert!(turns.timeline.at_once("holding") <= 1);
        let (handed_over, slept) = turns.handed_over();
        if slept > 0 {
            return (handed_over, slept);
        }
        // The machine is so busy that a second does not suffice for two turns and a sleep.
        assert!(start.elapsed() < PATIENCE, "nobody sleeps for the lock");
    }
}

#[test]
fn whichever_the_lock_one_thread_at_a_time_holds_it() {
    turns_of::<std::sync::Mutex<_>>();
    turns_of::<parking_lot::Mutex<_>>();
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "only Linux tells which thread sleeps")]
fn a_fair_unlock_hands_over_to_a_thread_that_sleeps_for_the_lock() {
    for (handed_over, slept) in
        [turns_of::<UnlockFair<_>>(), turns_of::<parking_lot::FairMutex<_>>()]
    {
        assert_eq!(handed_over, slept);
    }
}
