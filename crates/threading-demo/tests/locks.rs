//! What the scene about locks promises, apart from what things cost.

use std::time::Duration;

use threading_demo::scenes::locks::{Lock, Turn, UnlockFair, take_turns};

const TURNS: usize = 50;

fn turns_of<L: Lock<Vec<Turn>>>() -> (usize, usize) {
    let turns = take_turns::<L>(TURNS, Duration::ZERO, [None; 2]);
    // Fewer where the machine is so busy that a second does not suffice.
    assert!((2..=TURNS).contains(&turns.turns.len()));
    assert_eq!(turns.timeline.at_once("holding"), 1);
    turns.handed_over()
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
        assert!(slept > 0);
        assert_eq!(handed_over, slept);
    }
}
