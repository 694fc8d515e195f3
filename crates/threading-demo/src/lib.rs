#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

pub mod exercises;
#[expect(unsafe_code, reason = "a shared piece of work borrows from its caller's frame")]
pub mod pool;
pub mod scenes;
pub mod semaphore;
pub mod solve;
mod sync;
pub mod watched;

pub use pool::Pool;
