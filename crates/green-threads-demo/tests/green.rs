//! What the green threads promise.

#[path = "green/common.rs"]
mod common;
#[path = "green/ends.rs"]
mod ends;
#[path = "green/overflows.rs"]
mod overflows;
#[path = "green/runs.rs"]
mod runs;
