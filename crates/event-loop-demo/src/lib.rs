//! Chapter 5.
#![deny(unsafe_code)]

pub mod runtime;
pub mod scenes;
pub mod solve;
mod sync;
