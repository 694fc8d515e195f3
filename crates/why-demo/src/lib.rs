#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod cores;
pub mod crew;
pub mod exercises;
pub mod laws;
pub mod plot;
pub mod scenes;
