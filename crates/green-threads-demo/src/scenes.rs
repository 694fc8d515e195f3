//! The scenes, in the order in which they are played.

use stage::{Mark, Scene};

/// All of them.
pub const ALL: &[Scene] = &[];

/// How the states of this chapter's own look in its timelines.
pub const MARKS: &[Mark] = &[];
