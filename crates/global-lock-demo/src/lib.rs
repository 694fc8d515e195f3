#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod count;
pub mod lock;
pub mod object_lock;
pub mod parking;
pub mod strategy;
mod sync;
pub mod thread;
pub mod vm;
