//! The server of `solve.rs` among peers that mean it no good, and with too few file descriptors. It is
//! a process of its own, so that what it uses can be read from outside: proc(5).
//!
//! How fast it is, is only told; that it answers, and rightly, is tested. What signals do is in
//! `green/faults.rs`.
#![cfg(target_os = "linux")]

#[path = "faults/descriptors.rs"]
mod descriptors;
#[path = "faults/peers.rs"]
mod peers;
#[path = "faults/server.rs"]
mod server;
