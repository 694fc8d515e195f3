//! The hand-written locks under loom, which runs a model once for every order in which its threads
//! can come to their locks, signals and atomics. It finds what a test that runs a million times may
//! never meet; a thread that is never woken is a failure ("deadlock") at once.
//!
//! ```text
//! CARGO_TARGET_DIR=target/loom RUSTFLAGS="--cfg loom" \
//!     cargo test -p global-lock-demo --test loom --release
//! ```
//!
//! Where the orders are too many, a model looks only at those with so many *preemptions* (a
//! thread stopped although it could go on): nearly all known bugs need two or fewer (Musuvathi
//! and Qadeer, "Iterative context bounding", PLDI 2007).

#![cfg(loom)]

#[path = "loom/fair.rs"]
mod fair;
#[path = "loom/interval.rs"]
mod interval;
#[path = "loom/legacy.rs"]
mod legacy;
#[path = "loom/turns.rs"]
mod turns;

/// Checks a model in all its orders with at most so many preemptions.
fn preempted(most: usize, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(most);
    builder.check(model);
}
