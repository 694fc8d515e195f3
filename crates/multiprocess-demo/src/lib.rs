#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

pub mod child;
pub mod frame;
pub mod function;
#[expect(unsafe_code, reason = "descriptors come from the system as bare numbers")]
mod handover;
pub mod lifeline;
pub mod link;
pub mod pool;
#[expect(unsafe_code, reason = "a copy of a process is no value that the compiler knows")]
pub mod start;

pub use function::Function;
pub use pool::Pool;
