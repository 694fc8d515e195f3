//! A task that has no result, as an error.

use workloads::Error;

use crate::runtime::Failed;

/// What is told of it.
pub(super) fn failed(why: Failed) -> Error {
    match why {
        Failed::Panicked(panic) => Error::panicked(panic),
        Failed::Cancelled => Error::Refused("the task was cancelled"),
    }
}
