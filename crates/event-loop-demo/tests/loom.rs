//! Where the loop meets other threads, under loom: it runs a model once for every order in which
//! threads can come to their locks and signals, and finds what a test that runs a million times may
//! never meet. A thread that is never woken ("deadlock") is a failure at once.
//!
//! ```text
//! RUSTFLAGS="--cfg loom" cargo test -p event-loop-demo --no-default-features \
//!     --release --test 'loom*' --target-dir target/loom
//! ```
//!
//! Where the orders are too many, a model looks only at those with so many *preemptions* (a thread
//! stopped although it could go on): nearly all known bugs need two or fewer (Musuvathi and Qadeer,
//! "Iterative context bounding", PLDI 2007).

#![cfg(loom)]

#[path = "loom/inbox.rs"]
mod inbox;
#[path = "loom/parcel.rs"]
mod parcel;
#[path = "loom/threads.rs"]
mod threads;

use loom::sync::{Condvar, Mutex};

/// Checks a model in all its orders with at most so many preemptions.
fn preempted(most: usize, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(most);
    builder.check(model);
}

/// What a sleeper sleeps at, as the poller is: a ring before the sleep ends it at once, and many rings
/// are one.
#[derive(Default)]
struct Bell {
    rung: Mutex<bool>,
    changed: Condvar,
}

impl Bell {
    fn ring(&self) {
        *self.rung.lock().unwrap() = true;
        self.changed.notify_one();
    }

    /// Sleeps until it is rung.
    fn sleep(&self) {
        let mut rung = self.rung.lock().unwrap();
        while !std::mem::take(&mut *rung) {
            rung = self.changed.wait(rung).unwrap();
        }
    }

    /// Whether it has been rung since it was last heard.
    fn heard(&self) -> bool {
        std::mem::take(&mut *self.rung.lock().unwrap())
    }
}
