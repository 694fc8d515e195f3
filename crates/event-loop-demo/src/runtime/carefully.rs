//! Other people's code, of which a panic must not be the runtime's.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs what may panic, when nobody is there to be told. What the panic says is anybody's as well,
/// and may panic when it is dropped; what that says in turn is left lying.
pub(super) fn carefully(code: impl FnOnce()) {
    if let Err(said) = catch_unwind(AssertUnwindSafe(code))
        && let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(said)))
    {
        mem::forget(again);
    }
}
