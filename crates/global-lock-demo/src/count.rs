//! Reference counts: how many places refer to an object, which is freed when none does.
//!
//! | file | safe where | an operation is |
//! |---|---|---|
//! | [`plain`] | one thread runs at a time | a load, an addition, a store |
//! | [`atomic`] | everywhere | one indivisible addition, which other cores must see |
//! | [`biased`] | everywhere | plain for the thread that made the object, atomic for others |

pub mod atomic;
pub mod biased;
pub mod plain;

pub use atomic::Atomic;
pub use biased::Biased;
pub use plain::Plain;

/// A count of references. Threads are known by their number, from 1 up.
pub trait Count: Default + Send + Sync + 'static {
    /// A new object, to which its maker `me` has the one reference.
    fn start(&self, me: u32);

    /// One reference more, made from one that the caller has.
    fn retain(&self, me: u32);

    /// One reference more, where the caller has none of its own and the object may be freed
    /// meanwhile: `false` if it could not be had that way.
    fn try_retain(&self, me: u32) -> bool {
        self.retain(me);
        true
    }

    /// One reference more, made while the lock is held that guards the place it was read from: what
    /// a reader does after [`try_retain`](Count::try_retain) has failed. From now on that succeeds.
    fn retain_locked(&self, me: u32) {
        self.retain(me);
    }

    /// One reference less.
    #[must_use]
    fn release(&self, me: u32) -> Released;

    /// Takes back the reference that [`Released::Queued`] has left with the object's owner `me`, or
    /// with `me` because its owner has ended.
    #[must_use]
    fn merge(&self, _me: u32) -> Released {
        Released::Kept
    }

    /// How many references there are, as far as this can be told from outside.
    fn references(&self) -> i64;
}

/// What became of an object that lost a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Released {
    /// There are others.
    Kept,
    /// That was the last one: the caller frees the object.
    Last,
    /// It can't be told here. The caller hands the object to the thread `owner`, which
    /// [merges](Count::merge) its count.
    Queued {
        /// The thread that made the object.
        owner: u32,
    },
}
