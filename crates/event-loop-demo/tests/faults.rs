//! A server among peers and signals that mean it no good, and real clients. It is a process of its own,
//! so that what it uses can be read from outside: proc(5).
//!
//! How fast it is, is only told; that it answers, and rightly, is tested.
#![cfg(target_os = "linux")]

#[path = "faults/clients.rs"]
mod clients;
#[path = "faults/descriptors.rs"]
mod descriptors;
#[path = "faults/peers.rs"]
mod peers;
#[path = "faults/server.rs"]
mod server;
#[path = "faults/signals.rs"]
mod signals;
