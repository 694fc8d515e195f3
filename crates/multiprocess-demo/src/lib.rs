#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

pub mod bytes;
pub mod child;
pub mod exercises;
pub mod frame;
pub mod function;
#[expect(unsafe_code, reason = "descriptors come from the system as bare numbers")]
mod handover;
pub mod jobs;
pub mod lifeline;
pub mod link;
pub mod pool;
pub mod prefork;
pub mod ring;
pub mod scenes;
pub mod solve;
#[expect(unsafe_code, reason = "a copy of a process is no value that the compiler knows")]
pub mod start;
mod sync;

pub use function::Function;
pub use pool::Pool;

use scenes::shared::{counter, kernel};
use scenes::tax::wire;
use start::Entry;

/// All that a process of this chapter can be started to do.
pub const ENTRIES: &[Entry] = &[
    jobs::REPERTOIRE.entry,
    prefork::SERVER,
    scenes::born::ENTRY,
    scenes::endings::program::ENTRY,
    wire::AT_A_PIPE,
    wire::AT_A_SOCKET,
    wire::AT_A_RING,
    counter::AT_A_PAGE,
    kernel::ECHO,
];

/// The first thing in the `main` of every program that has workers of this chapter: see
/// [`start::enter`].
pub fn enter() {
    start::enter(ENTRIES);
}
