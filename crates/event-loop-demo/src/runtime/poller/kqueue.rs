//! macOS: kqueue(2), which brings a bell (`EVFILT_USER`) and a time-out in nanoseconds.

use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc::timespec;
use nix::sys::event::{EvFlags, EventFilter, FilterFlag, KEvent, Kqueue};

use super::super::inbox::Ring;
use super::super::slab::Key;
use super::{EVENTS, Event, Woken};

const BELL: usize = 0;

/// The thread's only place to sleep.
pub struct Poller {
    kqueue: Arc<Kqueue>,
    events: Vec<KEvent>,
}

/// Wakes the thread at the poller, from any other.
pub struct Bell(Arc<Kqueue>);

fn bell(flags: EvFlags, what: FilterFlag) -> KEvent {
    KEvent::new(BELL, EventFilter::EVFILT_USER, flags, what, 0, 0)
}

impl Ring for Bell {
    fn ring(&self) {
        let ring = bell(EvFlags::empty(), FilterFlag::NOTE_TRIGGER);
        let _ = self.0.kevent(&[ring], &mut [], Some(NOW));
    }
}

const NOW: timespec = timespec { tv_sec: 0, tv_nsec: 0 };

impl Poller {
    /// With nothing to wait for yet.
    ///
    /// # Errors
    /// If there is no file descriptor to be had; it takes one.
    pub fn new() -> io::Result<Poller> {
        let kqueue = Kqueue::new()?;
        let add = bell(EvFlags::EV_ADD | EvFlags::EV_CLEAR, FilterFlag::empty());
        kqueue.kevent(&[add], &mut [], Some(NOW))?;
        Ok(Poller {
            kqueue: Arc::new(kqueue),
            events: vec![bell(EvFlags::empty(), FilterFlag::empty()); EVENTS],
        })
    }

    /// For other threads.
    #[must_use]
    pub fn bell(&self) -> Bell {
        Bell(Arc::clone(&self.kqueue))
    }

    /// From now on tells what happens to a socket. It ends when the socket is closed.
    ///
    /// # Errors
    /// If the system has no memory for it, or the descriptor can't be waited for.
    pub fn register(&self, socket: impl AsFd, key: Key) -> io::Result<()> {
        let socket = socket.as_fd().as_raw_fd() as usize;
        let data = (u64::from(key.generation) << 32 | u64::from(key.index)) as isize;
        let add = |filter| {
            let flags = EvFlags::EV_ADD | EvFlags::EV_CLEAR;
            KEvent::new(socket, filter, flags, FilterFlag::empty(), 0, data)
        };
        let both = [add(EventFilter::EVFILT_READ), add(EventFilter::EVFILT_WRITE)];
        self.kqueue.kevent(&both, &mut [], Some(NOW))?;
        Ok(())
    }

    /// Tells what has happened. If nothing has, and it may `sleep`, sleeps until something does, or
    /// the alarm rings, or the bell.
    ///
    /// # Errors
    /// What only a bug explains: a descriptor that is no kqueue.
    pub fn wait(
        &mut self,
        sleep: bool,
        alarm: Option<Instant>,
        events: &mut Vec<Event>,
    ) -> io::Result<Woken> {
        let left = || alarm.map(|alarm| alarm.saturating_duration_since(Instant::now()));
        let timeout = if sleep { left().map(timespec_of) } else { Some(NOW) };
        let ready = match self.kqueue.kevent(&[], &mut self.events, timeout) {
            // A signal: whoever called has another look, which is as good as any.
            Err(Errno::EINTR) => 0,
            ready => ready?,
        };
        let mut woken = Woken { by_alarm: left() == Some(Duration::ZERO), by_bell: false };
        for ready in &self.events[..ready] {
            match ready.filter() {
                Ok(EventFilter::EVFILT_USER) => woken.by_bell = true,
                Ok(filter) => events.push(event(ready, filter)),
                Err(_) => {}
            }
        }
        Ok(woken)
    }
}

/// No longer at once: macOS refuses to sleep for years. Whoever called has another look then.
const LONGEST: Duration = Duration::from_secs(1_000_000);

fn timespec_of(left: Duration) -> timespec {
    let left = left.min(LONGEST);
    timespec { tv_sec: left.as_secs() as _, tv_nsec: left.subsec_nanos().into() }
}

fn event(ready: &KEvent, filter: EventFilter) -> Event {
    let data = ready.udata() as u64;
    let hung_up = ready.flags().contains(EvFlags::EV_EOF);
    Event {
        key: Key { index: data as u32, generation: (data >> 32) as u32 },
        readable: filter == EventFilter::EVFILT_READ || hung_up,
        writable: filter == EventFilter::EVFILT_WRITE || hung_up,
        hung_up,
    }
}
