//! The scenes, in the order in which they are played.

pub mod crowd;
pub mod orders;
pub mod serve;

use stage::{Mark, Scene};

/// All of them.
pub const ALL: &[Scene] = &[orders::SCENE, crowd::SCENE, serve::SCENE];

/// How the states of this chapter's own look in its timelines.
pub const MARKS: &[Mark] = &[];
