//! The scenes, in the order in which they are played.

pub mod orders;
pub mod runtimes;
pub mod serve;

use stage::Scene;

/// All of them. Those that show other runtimes are there if these are compiled.
pub const ALL: &[Scene] = &[runtimes::SCENE, orders::SCENE, serve::SCENE];
