//! The scenes, in the order in which they are played.

pub mod spawn;

pub mod deadlock;
pub mod waiting;

pub mod channels;
pub mod panics;
pub mod pools;

pub mod speedup;
