//! What the green threads promise.

#[path = "green/common.rs"]
mod common;
#[path = "green/ends.rs"]
mod ends;
#[path = "green/locks.rs"]
mod locks;
#[path = "green/order.rs"]
mod order;
#[path = "green/overflows.rs"]
mod overflows;
#[path = "green/runs.rs"]
mod runs;
#[path = "green/switching.rs"]
mod switching;
