//! The counts, their mailboxes and the object lock under loom, which runs a model once for every
//! order in which its threads can come to their atomics and locks, and for every old value that a
//! weak ordering lets a thread read.
//!
//! ```text
//! CARGO_TARGET_DIR=target/loom RUSTFLAGS="--cfg loom" \
//!     cargo test -p global-lock-demo --test loom_counts --release
//! ```
//!
//! Where the orders are too many, a model looks only at those with so many *preemptions* (a
//! thread stopped although it could go on): nearly all known bugs need two or fewer (Musuvathi
//! and Qadeer, "Iterative context bounding", PLDI 2007).

#![cfg(loom)]

#[path = "loom_counts/counts.rs"]
mod counts;
#[path = "loom_counts/heap.rs"]
mod heap;
#[path = "loom_counts/object_lock.rs"]
mod object_lock;
#[path = "loom_counts/readers.rs"]
mod readers;

/// Checks a model in all its orders with at most so many preemptions.
fn preempted(most: usize, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(most);
    builder.check(model);
}
