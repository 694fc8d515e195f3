//! The scenes, in the order in which they are played.

pub mod run;
