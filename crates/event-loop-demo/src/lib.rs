#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

pub mod exercises;
pub mod runtime;
pub mod scenes;
pub mod solve;
mod sync;
