//! Biased reference counts (PEP 703; `Include/object.h` and `Objects/object.c` of CPython 3.13).

use crate::sync::atomic::{AtomicI64, AtomicU32, Ordering::AcqRel, Ordering::Acquire};
use crate::sync::atomic::{Ordering::Relaxed, Ordering::Release};

use super::{Count, Released};

/// Two counts: most objects are only ever used by the thread that made them, their *owner*, and so
/// it has a plain count to itself. All others share an atomic one. (Choi, Shull and Torrellas,
/// "Biased reference counting", PACT 2018.)
///
/// ```text
/// ┌────────────┬──────────────────┬──────────────────────────────────────────┬───────────────┐
/// │ owner: u32 │ local: u32       │ shared: i64   a signed count, of 62 bits │ flags: 2 bits │
/// └────────────┴──────────────────┴──────────────────────────────────────────┴───────────────┘
///   0: nobody    load, add, store   one atomic operation, by anybody
///                by the owner only
/// ```
///
/// The references are `local` and the shared count together: one that was counted here may be
/// dropped there, so the shared count alone may be negative. Whether any are left can only be told
/// once the two are *merged* into the shared count, for good. The flags only move upward:
///
/// ```text
///       ┌──────┐ read under a lock ┌────────────┐
///       │ init ├──────────────────►│ maybe read │
///       └─┬──┬─┘                   └──┬───┬─────┘
///         │  │  another thread drops  │   │
///         │  │  one, shared count: 0  ▼   │
///         │  │                   ┌────────┐
///         │  └──────────────────►│ queued │ in the owner's mailbox, which
///         │  │                   └────┬───┘ has the reference meanwhile
///         │  │ the local count is 0,  │   │
///         │  │ or the owner has       ▼   ▼
///         │  │ emptied its mailbox  ┌────────┐
///         │  └─────────────────────►│ merged │
///         │ the local count is 0,   └────┬───┘
///         ▼ and shared is 0              ▼ the shared count is 0
///       freed, without one               freed
///       atomic addition
/// ```
///
/// *Queued* is what makes it sound. A thread that drops a reference and finds the shared count at 0
/// has one that the local count knows of; it may not touch that, and if it took the shared count
/// below 0 instead, nobody would look whether the object is still needed.
#[derive(Debug, Default)]
pub struct Biased {
    owner: AtomicU32,
    local: AtomicU32,
    shared: AtomicI64,
}

/// Only the owner has used it, or so it looks from here.
const INIT: i64 = 0;
/// Readers try to count it without a lock, so the owner may not free it without asking: CPython's
/// `_Py_REF_MAYBE_WEAKREF`, which weak references set too.
const MAYBE_READ: i64 = 1;
/// It is in the owner's mailbox, or on its way there: once in its life.
const QUEUED: i64 = 2;
/// The local count is 0 and will remain so; the object has no owner.
const MERGED: i64 = 3;
const FLAGS: i64 = 3;
/// One reference in the shared count.
const ONE: i64 = 4;

impl Count for Biased {
    fn start(&self, me: u32) {
        self.local.store(1, Relaxed);
        self.owner.store(me, Relaxed);
        // Released for the sake of a reader, as in `Atomic`.
        self.shared.store(INIT, Release);
    }

    #[inline]
    fn retain(&self, me: u32) {
        if self.owner.load(Relaxed) == me {
            self.local.store(self.local.load(Relaxed) + 1, Relaxed);
        } else {
            self.shared.fetch_add(ONE, Relaxed);
        }
    }

    /// The owner's own objects are freed by nobody else. Of another's, a shared count of 0 says
    /// nothing: it looks like that also when the object has just been freed.
    #[inline]
    fn try_retain(&self, me: u32) -> bool {
        if self.owner.load(Relaxed) == me {
            self.local.store(self.local.load(Relaxed) + 1, Relaxed);
            return true;
        }
        let unless_freed = |shared| (shared != INIT && shared != MERGED).then_some(shared + ONE);
        self.shared.fetch_update(Acquire, Relaxed, unless_freed).is_ok()
    }

    fn retain_locked(&self, me: u32) {
        if self.owner.load(Relaxed) == me {
            return self.retain(me);
        }
        let more = |shared| match shared & FLAGS {
            INIT => Some(shared + ONE + MAYBE_READ),
            _ => Some(shared + ONE),
        };
        let (Ok(_) | Err(_)) = self.shared.fetch_update(Relaxed, Relaxed, more);
    }

    #[inline]
    fn release(&self, me: u32) -> Released {
        let owner = self.owner.load(Relaxed);
        if owner != me {
            return self.release_shared(owner);
        }
        let local = self.local.load(Relaxed) - 1;
        self.local.store(local, Relaxed);
        if local == 0 { self.merge_zero() } else { Released::Kept }
    }

    /// Called by the owner, or by whoever has queued the object if its owner has ended: so never by
    /// two threads at once, and never while the owner counts.
    fn merge(&self, _me: u32) -> Released {
        let local = self.local.load(Relaxed);
        // Before the merging, because from then on another thread may free the object.
        self.local.store(0, Relaxed);
        self.owner.store(0, Relaxed);
        self.merge_into_shared(i64::from(local) - 1)
    }

    fn references(&self) -> i64 {
        i64::from(self.local.load(Relaxed)) + (self.shared.load(Relaxed) >> 2)
    }
}

impl Biased {
    /// Another thread than the owner drops a reference, or nobody is the owner any more.
    fn release_shared(&self, owner: u32) -> Released {
        let less = |shared| match shared {
            INIT | MAYBE_READ => Some(QUEUED),
            _ => Some(shared - ONE),
        };
        // Who frees the object must see all that others did with it before they let go.
        let (Ok(before) | Err(before)) = self.shared.fetch_update(AcqRel, Relaxed, less);
        match before {
            INIT | MAYBE_READ => Released::Queued { owner },
            _ if before - ONE == MERGED => Released::Last,
            _ => Released::Kept,
        }
    }

    /// The owner has counted down to 0.
    #[inline]
    fn merge_zero(&self) -> Released {
        // Nobody else has a reference, nobody can get one, and the mailbox has none.
        if self.shared.load(Acquire) == INIT {
            return Released::Last;
        }
        self.owner.store(0, Relaxed);
        self.merge_into_shared(0)
    }

    #[cold]
    fn merge_into_shared(&self, local: i64) -> Released {
        let merged = |shared| ((shared & !FLAGS) + local * ONE) | MERGED;
        let merge = |shared| Some(merged(shared));
        let (Ok(before) | Err(before)) = self.shared.fetch_update(AcqRel, Relaxed, merge);
        if merged(before) == MERGED { Released::Last } else { Released::Kept }
    }
}
