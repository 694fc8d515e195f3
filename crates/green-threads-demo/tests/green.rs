//! What the green threads promise.

#[path = "green/common.rs"]
mod common;
#[path = "green/runs.rs"]
mod runs;
