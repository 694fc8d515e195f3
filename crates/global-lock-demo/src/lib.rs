#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod count;
pub mod distribution;
pub mod echo;
#[macro_use]
pub mod host;
pub mod exercises;
pub mod lock;
pub mod object_lock;
pub mod one_core;
pub mod parking;
pub mod python;
pub mod scenes;
pub mod solve;
pub mod strategy;
mod sync;
pub mod thread;
pub mod vm;
