//! The scenes, in the order in which they are played.

pub mod hog;

pub mod unpatched;

pub mod memory;

pub mod races;

pub mod orders;

pub mod crowd;

pub mod serve;

pub mod others;

mod excerpt;
mod hearts;

use stage::{Mark, Scene};

/// All of them.
pub const ALL: &[Scene] = &[
    hog::SCENE,
    unpatched::SCENE,
    memory::SCENE,
    races::SCENE,
    orders::SCENE,
    crowd::SCENE,
    serve::SCENE,
    others::SCENE,
];

/// How the states of this chapter's own look in its timelines.
pub const MARKS: &[Mark] = &[hearts::LATE];
