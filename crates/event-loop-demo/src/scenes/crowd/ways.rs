//! The same clients as tasks and as threads.

use std::time::Duration;

use stage::Held;
use workloads::Result;

use super::child::Crowd;
use super::tasks::{self, ask};
use super::threads;

/// What a client reads into: as much as the reply needs.
pub(super) const SMALL: usize = 256;

/// How the clients of a crowd wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A task each, on one thread.
    Tasks,
    /// The same, with a buffer of 4 KiB in each.
    Buffers,
    /// A thread each.
    Threads,
}

impl Way {
    /// What each is.
    pub fn name(self) -> &'static str {
        match self {
            Way::Tasks => "tasks",
            Way::Buffers => "tasks with 4 KiB buffers",
            Way::Threads => "threads",
        }
    }

    /// Lets the crowd wait, and tells what it held then.
    pub(super) fn hold(self, crowd: Crowd, patience: Duration) -> Result<Held> {
        match self {
            Way::Tasks => tasks::hold(crowd, patience, ask::<SMALL>),
            Way::Buffers => tasks::hold(crowd, patience, ask::<4096>),
            Way::Threads => threads::hold(crowd, patience),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use workloads::Service;

    #[test]
    fn each_way_has_the_whole_crowd_in_flight() {
        let service = Service::start().expect("a service");
        for way in [Way::Tasks, Way::Buffers, Way::Threads] {
            service.clear().expect("a service that answers");
            let crowd = Crowd { way, clients: 250, address: service.address() };
            way.hold(crowd, Duration::from_millis(1)).expect("a crowd that is answered");
            let log = service.log().expect("a service that answers");
            assert_eq!((log.most_at_once, log.answered), (250, 250), "{way:?}");
        }
    }
}
