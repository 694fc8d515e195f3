//! macOS: kqueue(2).

use std::cell::RefCell;
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::time::Instant;

use nix::errno::Errno;
use nix::libc::timespec;
use nix::sys::event::{EvFlags, EventFilter, FilterFlag, KEvent, Kqueue};

use super::{EVENTS, Event};

pub(in super::super) struct Poller {
    kqueue: Kqueue,
    events: RefCell<Vec<KEvent>>,
}

const NOW: timespec = timespec { tv_sec: 0, tv_nsec: 0 };

fn add(socket: usize, filter: EventFilter, key: u64) -> KEvent {
    let flags = EvFlags::EV_ADD | EvFlags::EV_CLEAR;
    KEvent::new(socket, filter, flags, FilterFlag::empty(), 0, key as isize)
}

impl Poller {
    pub(in super::super) fn new() -> io::Result<Poller> {
        let events = vec![add(0, EventFilter::EVFILT_READ, 0); EVENTS].into();
        Ok(Poller { kqueue: Kqueue::new()?, events })
    }

    pub(in super::super) fn register(&self, socket: impl AsFd, key: u64) -> io::Result<()> {
        let socket = socket.as_fd().as_raw_fd() as usize;
        let both = [EventFilter::EVFILT_READ, EventFilter::EVFILT_WRITE];
        let both = both.map(|filter| add(socket, filter, key));
        self.kqueue.kevent(&both, &mut [], Some(NOW))?;
        Ok(())
    }

    pub(in super::super) fn wait(
        &self,
        sleep: bool,
        until: Option<Instant>,
        tell: impl FnMut(Event),
    ) -> io::Result<()> {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let left = left.map(|left| timespec {
            tv_sec: left.as_secs() as _,
            tv_nsec: left.subsec_nanos().into(),
        });
        let mut events = self.events.borrow_mut();
        let timeout = if sleep { left } else { Some(NOW) };
        let ready = match self.kqueue.kevent(&[], &mut events, timeout) {
            // A signal: whoever called has another look, which is as good as any.
            Err(Errno::EINTR) => 0,
            ready => ready?,
        };
        events[..ready].iter().map(event).for_each(tell);
        Ok(())
    }
}

fn event(ready: &KEvent) -> Event {
    let filter = ready.filter().ok();
    let hung_up = ready.flags().contains(EvFlags::EV_EOF);
    Event {
        key: ready.udata() as u64,
        readable: filter == Some(EventFilter::EVFILT_READ) || hung_up,
        writable: filter == Some(EventFilter::EVFILT_WRITE) || hung_up,
        hung_up,
    }
}
