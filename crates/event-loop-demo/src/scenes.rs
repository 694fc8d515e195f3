//! The scenes, in the order in which they are played.

use stage::Scene;

pub mod blocked;
pub mod cancel;
pub mod crowd;
mod failed;

/// All of them. Those that show other runtimes are there if these are compiled.
pub const ALL: &[Scene] = &[blocked::SCENE, cancel::SCENE, crowd::SCENE];
