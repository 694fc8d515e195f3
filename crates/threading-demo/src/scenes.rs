//! The scenes, in the order in which they are played.

pub mod files;
pub mod serve;
pub mod spawn;
pub mod speedup;
