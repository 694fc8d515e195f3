//! The legacy lock: nobody is signalled in vain for ever, though nobody is handed anything.

use global_lock_demo::lock::Legacy;

use super::turns::{outside, run};

/// Gives way at every tick.
fn restless() -> Legacy {
    Legacy::new(0)
}

#[test]
fn two_threads_take_turns_at_every_tick() {
    crate::preempted(4, || run(restless(), 2, 2));
}

#[test]
fn three_threads_all_get_their_turn() {
    crate::preempted(3, || run(restless(), 3, 1));
}

#[test]
fn who_blocks_does_so_without_the_lock() {
    crate::preempted(3, || outside(restless()));
}
