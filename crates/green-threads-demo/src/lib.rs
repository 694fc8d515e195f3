//! Chapter 6: green threads.

pub mod green;
pub mod scenes;
