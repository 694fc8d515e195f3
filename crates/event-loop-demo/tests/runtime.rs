//! What the runtime promises, by structure: who was polled and how often, in which order, what was
//! dropped when, and what is left. Nothing here is about speed.

#[path = "runtime/channels.rs"]
mod channels;
#[path = "runtime/combining.rs"]
mod combining;
#[path = "runtime/common.rs"]
mod common;
#[path = "runtime/ends.rs"]
mod ends;
#[path = "runtime/fairness.rs"]
mod fairness;
#[path = "runtime/handles.rs"]
mod handles;
#[path = "runtime/offloading.rs"]
mod offloading;
#[path = "runtime/panics.rs"]
mod panics;
#[path = "runtime/polls.rs"]
mod polls;
#[path = "runtime/sockets.rs"]
mod sockets;
#[path = "runtime/spawning.rs"]
mod spawning;
#[path = "runtime/timers.rs"]
mod timers;
#[path = "runtime/wakers.rs"]
mod wakers;
#[path = "runtime/watch.rs"]
mod watch;
#[cfg(target_os = "linux")]
#[path = "runtime/where_it_sleeps.rs"]
mod where_it_sleeps;
