//! The scenes, in the order in which they are played, and what they share.

pub mod born;
#[expect(unsafe_code, reason = "a copy of a process is no value that the compiler knows")]
mod forked;
mod lanes;
#[expect(unsafe_code, reason = "memory is asked for in pages, and comes as an address")]
mod pages;
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "there is no /proc elsewhere"))]
mod procfs;
mod python;

pub mod fork;

pub mod copies;

pub mod ways;

pub mod tax;

pub mod pool;

pub mod shared;

pub mod killed;

#[expect(unsafe_code, reason = "a fork with threads is what it shows")]
pub mod locks;

pub mod endings;

pub mod files;

pub mod serve;
