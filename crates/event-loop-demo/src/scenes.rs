//! The scenes, in the order in which they are played.

pub mod blocking;

pub mod spinning;

pub mod callbacks;

pub mod coroutines;

pub mod runtime;

pub mod concurrent;

pub mod blocked;

pub mod cancel;

pub mod pressure;

pub mod crowd;

pub mod runtimes;

pub mod orders;

pub mod serve;

mod asked;
mod listing;

use stage::{Mark, Scene};

/// All of them.
pub const ALL: &[Scene] = &[
    blocking::SCENE,
    spinning::SCENE,
    callbacks::SCENE,
    coroutines::SCENE,
    runtime::SCENE,
    concurrent::SCENE,
    blocked::SCENE,
    cancel::SCENE,
    pressure::SCENE,
    crowd::SCENE,
    runtimes::SCENE,
    orders::SCENE,
    serve::SCENE,
];

/// How the states of this chapter's own look in its timelines.
pub const MARKS: &[Mark] = {
    let [task, reply, turn, timer, awake, asleep] = runtime::MARKS;
    &[task, reply, turn, timer, awake, asleep, blocked::LATE]
};
