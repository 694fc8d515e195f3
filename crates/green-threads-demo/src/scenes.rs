//! The scenes, in the order in which they are played.

pub mod stacks;

pub mod yields;

mod listing;

use stage::{Mark, Scene};

/// All of them.
pub const ALL: &[Scene] = &[stacks::SCENE, yields::SCENE];

/// How the states of this chapter's own look in its timelines.
pub const MARKS: &[Mark] = &[];
