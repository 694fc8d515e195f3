//! The scenes, in the order in which they are played.

pub mod spawn;

pub mod lost_update;

pub mod locks;

pub mod deadlock;

pub mod waiting;

pub mod channels;

pub mod pools;

pub mod panics;

pub mod speedup;

pub mod files;

pub mod serve;
