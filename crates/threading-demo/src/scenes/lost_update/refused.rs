//! What the compiler refuses: two threads at one piece of memory, without an atomic or a lock.
//!
//! **Two borrows that may write.** A `&mut` is the only way to its memory for as long as it
//! lives, so there is no second one for the second thread:
//!
//! ```compile_fail,E0499
//! fn main() {
//!     let mut counter = 0;
//!     std::thread::scope(|scope| {
//!         scope.spawn(|| counter += 1);
//!         scope.spawn(|| counter += 1);
//!     });
//! }
//! ```
//!
//! **`Sync`: a `&T` may be used by several threads at once.** A `Cell` can be written through a
//! `&Cell`, in plain steps; so it is not `Sync`, and a reference to it stays in its thread:
//!
//! ```compile_fail,E0277
//! fn main() {
//!     let counter = std::cell::Cell::new(0);
//!     std::thread::scope(|scope| {
//!         scope.spawn(|| counter.set(counter.get() + 1));
//!         counter.set(counter.get() + 1);
//!     });
//! }
//! ```
//!
//! **`Send`: a `T` may move to another thread.** All clones of an `Rc` share one count of
//! references, which is counted in plain steps; so it is not `Send`, and no clone leaves its
//! thread:
//!
//! ```compile_fail,E0277
//! fn main() {
//!     let counter = std::rc::Rc::new(0);
//!     let clone = counter.clone();
//!     std::thread::spawn(move || drop(clone));
//!     drop(counter);
//! }
//! ```
//!
//! Both traits are implemented by the compiler, for each type whose parts all have them. With an
//! atomic the second program compiles, and is right:
//!
//! ```
//! use std::sync::atomic::{AtomicU64, Ordering};
//! fn main() {
//!     let counter = AtomicU64::new(0);
//!     std::thread::scope(|scope| {
//!         scope.spawn(|| counter.fetch_add(1, Ordering::Relaxed));
//!         counter.fetch_add(1, Ordering::Relaxed);
//!     });
//!     assert_eq!(counter.into_inner(), 2);
//! }
//! ```
//!
//! That is as far as the compiler goes: it refuses *data races* (two threads at the same plain
//! memory, one of them writing), not every lost update. A load and then a store of an atomic
//! compiles, and loses one on cue.
