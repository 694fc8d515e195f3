//! The panics of this scene are meant; their messages on standard error would look like a fault.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

thread_local! {
    /// Whether this thread is about to panic on purpose. The hook runs in the thread that panics.
    static ON_PURPOSE: Cell<bool> = const { Cell::new(false) };
}

/// Panics with this message, unheard while [`quietly`] runs.
pub(super) fn fail(message: &'static str) -> ! {
    ON_PURPOSE.set(true);
    panic!("{message}");
}

/// Runs something during which [`fail`] is not reported on standard error; other panics are.
pub(super) fn quietly<T>(run: impl FnOnce() -> T) -> T {
    let usual = Arc::new(panic::take_hook());
    let heard = Arc::clone(&usual);
    panic::set_hook(Box::new(move |panic| {
        if !ON_PURPOSE.take() {
            heard(panic);
        }
    }));
    // The hook can't be changed while a panic unwinds: so it stops here, and goes on below.
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    drop(panic::take_hook());
    // Ours is gone, and with it the only other holder of the usual one, unless a thread is just
    // using it.
    panic::set_hook(Arc::try_unwrap(usual).unwrap_or_else(|shared| Box::new(move |p| shared(p))));
    result.unwrap_or_else(|panic| panic::resume_unwind(panic))
}
