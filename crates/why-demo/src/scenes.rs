//! The scenes, in the order in which they are played.

pub mod lunch;

pub mod waiting;

pub mod four;

pub mod gophers;

pub mod laws;

pub mod never;

pub mod little;

use stage::{Mark, Scene};

/// All of them.
pub const ALL: &[Scene] = &[
    lunch::SCENE,
    waiting::SCENE,
    four::SCENE,
    gophers::SCENE,
    laws::SCENE,
    never::SCENE,
    little::SCENE,
];

/// How the states of this chapter's own look in its timelines.
pub const MARKS: &[Mark] = &four::MARKS;
