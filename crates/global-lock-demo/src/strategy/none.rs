//! No lock at all, and plain counts: what goes wrong, on show.

use crate::count::Plain;

use super::Strategy;

/// Nobody waits for anybody.
#[derive(Debug, Default)]
pub struct Unprotected;

impl Strategy for Unprotected {
    const NAME: &'static str = "none";
    type Count = Plain;
}
