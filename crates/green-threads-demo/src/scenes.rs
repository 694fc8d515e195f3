//! The scenes, in the order in which they are played.

#[expect(unsafe_code, reason = "it switches by hand, to show how")]
pub mod stacks;

pub mod yields;

pub mod scheduler;

pub mod hidden;

pub mod hog;

pub mod unpatched;

pub mod memory;

pub mod races;

pub mod locals;

pub mod orders;

pub mod crowd;

pub mod serve;

pub mod others;

mod hearts;
mod listing;

use stage::{Mark, Scene};

/// All of them.
pub const ALL: &[Scene] = &[
    stacks::SCENE,
    yields::SCENE,
    scheduler::SCENE,
    hidden::SCENE,
    hog::SCENE,
    unpatched::SCENE,
    memory::SCENE,
    races::SCENE,
    locals::SCENE,
    orders::SCENE,
    crowd::SCENE,
    serve::SCENE,
    others::SCENE,
];

/// How the states of this chapter's own look in its timelines.
pub const MARKS: &[Mark] = {
    let [reply, timer, turn, thread, asleep] = scheduler::MARKS;
    &[reply, timer, turn, thread, asleep, hearts::LATE]
};
