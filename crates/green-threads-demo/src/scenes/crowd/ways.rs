//! The same clients on green threads and on threads of the operating system.

mod green;
mod os;

use std::time::Duration;

use stage::Held;
use workloads::Result;

use super::child::Crowd;
use super::clients::ask;

/// What a client reads into: as much as the reply needs.
const SMALL: usize = 256;

/// How the clients of a crowd wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A green thread each.
    Green,
    /// The same, with a buffer of 16 KiB in each.
    Buffers,
    /// A thread of the operating system each.
    Threads,
}

impl Way {
    /// All of them.
    pub(super) const ALL: [Way; 3] = [Way::Green, Way::Buffers, Way::Threads];

    /// What each is.
    pub fn name(self) -> &'static str {
        match self {
            Way::Green => "green threads",
            Way::Buffers => "with 16 KiB buffers",
            Way::Threads => "OS threads",
        }
    }

    /// Lets the crowd wait, and tells what it held then.
    pub(super) fn hold(self, crowd: Crowd, patience: Duration) -> Result<Held> {
        match self {
            Way::Green => green::hold(crowd, patience, ask::<SMALL>),
            Way::Buffers => green::hold(crowd, patience, ask::<16384>),
            Way::Threads => os::hold(crowd, patience, ask::<SMALL>),
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
        for way in Way::ALL {
            service.clear().expect("a service that answers");
            let crowd = Crowd { way, clients: 250, address: service.address() };
            way.hold(crowd, Duration::from_millis(1)).expect("a crowd that is answered");
            let log = service.log().expect("a service that answers");
            assert_eq!((log.most_at_once, log.answered), (250, 250), "{way:?}");
        }
    }
}
