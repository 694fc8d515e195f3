//! The scenes, in the order in which they are played.

pub mod blocking;

pub mod spinning;

pub mod callbacks;

pub mod coroutines;

pub mod runtime;

pub mod concurrent;

pub mod pressure;

pub mod runtimes;

pub mod orders;

pub mod serve;

mod asked;
mod listing;

use stage::Scene;

/// All of them. Those that show other runtimes are there if these are compiled.
pub const ALL: &[Scene] = &[
    blocking::SCENE,
    spinning::SCENE,
    callbacks::SCENE,
    coroutines::SCENE,
    runtime::SCENE,
    concurrent::SCENE,
    pressure::SCENE,
    runtimes::SCENE,
    orders::SCENE,
    serve::SCENE,
];
