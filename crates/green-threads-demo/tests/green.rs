//! What the green threads promise.

#[path = "green/checked.rs"]
mod checked;
#[path = "green/common.rs"]
mod common;
#[path = "green/ends.rs"]
mod ends;
#[path = "green/faults.rs"]
mod faults;
#[path = "green/locks.rs"]
mod locks;
#[path = "green/order.rs"]
mod order;
#[path = "green/overflows.rs"]
mod overflows;
#[path = "green/runs.rs"]
mod runs;
#[path = "green/sockets.rs"]
mod sockets;
#[path = "green/stacks.rs"]
mod stacks;
#[path = "green/switching.rs"]
mod switching;
#[path = "green/types.rs"]
mod types;
