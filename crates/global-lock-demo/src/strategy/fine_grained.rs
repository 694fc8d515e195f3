//! A lock an object and atomic counts: every access pays, also where nothing is shared. This is
//! what was tried in 1996 (Greg Stein's patch) and again in 2016 (Larry Hastings' Gilectomy).
//!
//! Left out: the locks inside the allocator, and what those patches did for speed.

use crate::count::Atomic;
use crate::object_lock::ObjectLock;

use super::{Reads, Strategy};

/// Everybody runs; every object is locked by who uses it.
#[derive(Debug, Default)]
pub struct FineGrained;

impl Strategy for FineGrained {
    const NAME: &'static str = "fine-grained";
    const READS: Reads = Reads::Locked;
    type Count = Atomic;

    #[inline]
    fn locked<R>(&self, lock: &ObjectLock, critical: impl FnOnce() -> R) -> R {
        lock.with(critical)
    }
}
