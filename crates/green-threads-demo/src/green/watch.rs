//! The watch on long turns: who keeps all others from running, and for how long.

use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::time::{Duration, Instant};

/// A turn that took longer than it should: meanwhile nobody else could run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlowTurn {
    /// Where in the source the green thread was spawned; for the first, where `run` was called.
    pub spawned: &'static Location<'static>,
    /// How long it ran without giving way.
    pub took: Duration,
}

impl fmt::Display for SlowTurn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SlowTurn { spawned, took } = self;
        let (file, line) = (spawned.file(), spawned.line());
        write!(f, "the green thread spawned at {file}:{line} gave way to nobody for {took:.1?}")
    }
}

/// From which length on a turn is slow, and whom to tell.
pub(super) struct Watch {
    limit: Duration,
    tell: Box<dyn Fn(SlowTurn)>,
    began: Cell<Instant>,
}

impl Watch {
    pub(super) fn new(limit: Duration, tell: impl Fn(SlowTurn) + 'static) -> Watch {
        Watch { limit, tell: Box::new(tell), began: Cell::new(Instant::now()) }
    }

    pub(super) fn turn_begins(&self) {
        self.began.set(Instant::now());
    }

    pub(super) fn turn_ends(&self, spawned: &'static Location<'static>) {
        let took = self.began.get().elapsed();
        if took > self.limit {
            // Between two turns there is nobody whom a panic could reach; it has been told of.
            let _ = catch_unwind(AssertUnwindSafe(|| (self.tell)(SlowTurn { spawned, took })));
        }
    }
}
