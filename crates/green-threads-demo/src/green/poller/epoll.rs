//! Linux: epoll(7).

use std::cell::RefCell;
use std::io;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use super::{EVENTS, Event};

pub(in super::super) struct Poller {
    epoll: Epoll,
    events: RefCell<Vec<EpollEvent>>,
}

impl Poller {
    pub(in super::super) fn new() -> io::Result<Poller> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        Ok(Poller { epoll, events: vec![EpollEvent::empty(); EVENTS].into() })
    }

    pub(in super::super) fn register(&self, socket: impl AsFd, key: u64) -> io::Result<()> {
        let both = EpollFlags::EPOLLIN | EpollFlags::EPOLLOUT | EpollFlags::EPOLLRDHUP;
        let mut event = EpollEvent::new(both | EpollFlags::EPOLLET, key);
        match self.epoll.add(&socket, event) {
            // A duplicate that had this number has been closed; the kernel forgets it with the last.
            Err(Errno::EEXIST) => Ok(self.epoll.modify(&socket, &mut event)?),
            result => Ok(result?),
        }
    }

    pub(in super::super) fn wait(
        &self,
        sleep: bool,
        until: Option<Instant>,
        tell: impl FnMut(Event),
    ) -> io::Result<()> {
        let timeout = match until {
            _ if !sleep => EpollTimeout::ZERO,
            None => EpollTimeout::NONE,
            // It counts in milliseconds; rounded up, or it would be asked again and again until the
            // time has come.
            Some(until) => {
                let left = until.saturating_duration_since(Instant::now());
                let left = left + Duration::from_nanos(999_999);
                EpollTimeout::try_from(left).unwrap_or(EpollTimeout::MAX)
            }
        };
        let mut events = self.events.borrow_mut();
        let ready = match self.epoll.wait(&mut events, timeout) {
            // A signal: whoever called has another look, which is as good as any.
            Err(Errno::EINTR) => 0,
            ready => ready?,
        };
        events[..ready].iter().map(event).for_each(tell);
        Ok(())
    }
}

#[inline]
fn event(ready: &EpollEvent) -> Event {
    let flags = ready.events();
    // An error or a hang-up is found by whoever tries, in either direction.
    let over = flags.intersects(EpollFlags::EPOLLERR | EpollFlags::EPOLLHUP);
    Event {
        key: ready.data(),
        readable: over || flags.intersects(EpollFlags::EPOLLIN | EpollFlags::EPOLLRDHUP),
        writable: over || flags.contains(EpollFlags::EPOLLOUT),
        hung_up: over || flags.contains(EpollFlags::EPOLLRDHUP),
    }
}
