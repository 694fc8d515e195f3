//! Linux: epoll(7), with an eventfd(2) for a bell and a timerfd_create(2) for an alarm.

use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};

use super::super::inbox::Ring;
use super::super::slab::Key;
use super::{EVENTS, Event, Woken};

/// A key has twice 32 bits, of which it uses 24.
const BELL: u64 = u64::MAX;
const ALARM: u64 = u64::MAX - 1;

/// The thread's only place to sleep.
pub struct Poller {
    epoll: Epoll,
    bell: Arc<EventFd>,
    alarm: TimerFd,
    /// For when the alarm is set, if it has not rung yet. It may ring for nothing, when whoever
    /// wanted to be woken then no longer does: that is cheaper than to take each alarm back.
    set: Option<Instant>,
    /// When it last rang.
    rang: Option<Instant>,
    events: Vec<EpollEvent>,
}

/// How soon after one alarm the next may ring: of many sleepers who are to be woken within a
/// moment, each would otherwise cost two system calls. A lone one is woken as soon as ever.
const PAUSE: Duration = Duration::from_micros(50);

/// Wakes the thread at the poller, from any other.
pub struct Bell(Arc<EventFd>);

impl Ring for Bell {
    fn ring(&self) {
        // It counts up to 2⁶⁴ − 2 and is never read: with edges, each write is an event.
        let _ = self.0.write(1);
    }
}

impl Poller {
    /// With nothing to wait for yet.
    ///
    /// # Errors
    /// If there is no file descriptor to be had; it takes three.
    pub fn new() -> io::Result<Poller> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        let bell = EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)?;
        let flags = TimerFlags::TFD_CLOEXEC | TimerFlags::TFD_NONBLOCK;
        let alarm = TimerFd::new(ClockId::CLOCK_MONOTONIC, flags)?;
        let edge = EpollFlags::EPOLLIN | EpollFlags::EPOLLET;
        epoll.add(&bell, EpollEvent::new(edge, BELL))?;
        epoll.add(&alarm, EpollEvent::new(edge, ALARM))?;
        let events = vec![EpollEvent::empty(); EVENTS];
        Ok(Poller { epoll, bell: Arc::new(bell), alarm, set: None, rang: None, events })
    }

    /// For other threads.
    #[must_use]
    pub fn bell(&self) -> Bell {
        Bell(Arc::clone(&self.bell))
    }

    /// From now on tells what happens to a socket. It ends when the socket is closed.
    ///
    /// # Errors
    /// If the system has no memory for it, or the descriptor can't be waited for: a file on a disk.
    pub fn register(&self, socket: impl AsFd, key: Key) -> io::Result<()> {
        let both = EpollFlags::EPOLLIN | EpollFlags::EPOLLOUT | EpollFlags::EPOLLRDHUP;
        let data = u64::from(key.generation) << 32 | u64::from(key.index);
        Ok(self.epoll.add(socket, EpollEvent::new(both | EpollFlags::EPOLLET, data))?)
    }

    /// Tells what has happened. If nothing has, and it may `sleep`, sleeps until something does, or
    /// the alarm rings, or the bell.
    ///
    /// # Errors
    /// What only a bug explains: a descriptor that is no epoll.
    pub fn wait(
        &mut self,
        sleep: bool,
        alarm: Option<Instant>,
        events: &mut Vec<Event>,
    ) -> io::Result<Woken> {
        let alarm = alarm.map(|alarm| self.rang.map_or(alarm, |rang| alarm.max(rang + PAUSE)));
        if let Some(alarm) = alarm
            && self.set.is_none_or(|set| alarm < set)
        {
            self.set(alarm)?;
        }
        let timeout = if sleep { EpollTimeout::NONE } else { EpollTimeout::ZERO };
        let ready = match self.epoll.wait(&mut self.events, timeout) {
            // A signal: whoever called has another look, which is as good as any.
            Err(Errno::EINTR) => 0,
            ready => ready?,
        };
        let mut woken = Woken::default();
        for ready in &self.events[..ready] {
            match ready.data() {
                BELL => woken.by_bell = true,
                ALARM => {
                    (woken.by_alarm, self.set, self.rang) = (true, None, Some(Instant::now()));
                }
                data => events.push(event(data, ready.events())),
            }
        }
        Ok(woken)
    }

    fn set(&mut self, alarm: Instant) -> io::Result<()> {
        let left = alarm.saturating_duration_since(Instant::now());
        // Zero would not be "now" but "never".
        let left = TimeSpec::from(left.max(Duration::from_nanos(1)));
        self.alarm.set(Expiration::OneShot(left), TimerSetTimeFlags::empty())?;
        self.set = Some(alarm);
        Ok(())
    }
}

fn event(data: u64, flags: EpollFlags) -> Event {
    // An error or a hang-up is found by whoever tries, in either direction.
    let over = flags.intersects(EpollFlags::EPOLLERR | EpollFlags::EPOLLHUP);
    Event {
        key: Key { index: data as u32, generation: (data >> 32) as u32 },
        readable: over || flags.intersects(EpollFlags::EPOLLIN | EpollFlags::EPOLLRDHUP),
        writable: over || flags.contains(EpollFlags::EPOLLOUT),
        hung_up: over || flags.contains(EpollFlags::EPOLLRDHUP),
    }
}
