//! The watch on slow polls: who keeps the loop for itself, and for how long.

use std::fmt;
use std::panic::Location;
use std::time::Duration;

/// A poll that took longer than it should: meanwhile nobody else could run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlowPoll {
    /// Where in the source the task was spawned. Nothing for the future of `block_on`.
    pub spawned: Option<&'static Location<'static>>,
    /// How long its poll took.
    pub took: Duration,
}

impl fmt::Display for SlowPoll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.spawned {
            Some(at) => write!(f, "the task spawned at {}:{}", at.file(), at.line())?,
            None => f.write_str("the future of block_on")?,
        }
        write!(f, " held the loop for {:.1?}", self.took)
    }
}

/// From which length on a poll is slow, and whom to tell.
pub(super) struct Watch {
    pub(super) limit: Duration,
    pub(super) tell: Box<dyn Fn(SlowPoll)>,
}
