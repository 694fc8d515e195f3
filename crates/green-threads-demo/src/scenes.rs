//! The scenes, in the order in which they are played.

pub mod stacks;

pub mod yields;

pub mod scheduler;

pub mod hidden;

pub mod locals;

mod listing;

use stage::{Mark, Scene};

/// All of them.
pub const ALL: &[Scene] =
    &[stacks::SCENE, yields::SCENE, scheduler::SCENE, hidden::SCENE, locals::SCENE];

/// How the states of this chapter's own look in its timelines.
pub const MARKS: &[Mark] = &{
    let [reply, timer, turn, thread, asleep] = scheduler::MARKS;
    [reply, timer, turn, thread, asleep]
};
