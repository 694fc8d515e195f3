//! Chapter 6: green threads.

pub mod blocking;
pub mod green;
pub mod scenes;
pub mod solve;
pub mod stop;
