//! Who waits for which socket.
//!
//! The poller tells of changes, once each. So what was told is remembered with the socket, until an
//! attempt shows that it is no longer so.

use std::cell::{Cell, OnceCell, RefCell};
use std::io::{self, ErrorKind};
use std::ops::Deref;
use std::os::fd::AsFd;
use std::rc::Rc;
use std::time::Instant;

use super::here;
use super::poller::{Event, Poller};
use super::thread::Running;

/// The sockets that are waited for.
#[derive(Default)]
pub(super) struct Reactor {
    poller: OnceCell<Poller>,
    sources: RefCell<Sources>,
    /// How many threads wait for a socket.
    waiting: Cell<usize>,
}

/// The sockets by number; a number is used again, so each goes with a count of how often it was.
#[derive(Default)]
struct Sources {
    places: Vec<(u32, Option<Rc<Source>>)>,
    free: Vec<u32>,
}

/// One direction of a socket.
#[derive(Default)]
pub(super) struct Direction {
    ready: Cell<bool>,
    /// Who waits: it takes its name away before it ends.
    waiting: Cell<Option<Running>>,
}

/// A socket, as far as it can be waited for.
#[derive(Default)]
pub(super) struct Source {
    pub(super) read: Direction,
    pub(super) write: Direction,
    /// The peer has closed: a short read does not mean that the next one finds nothing.
    hung_up: Cell<bool>,
    number: u32,
}

/// A source, for as long as the poller is to tell of it.
pub(super) struct Registered(Rc<Source>);

impl Reactor {
    /// # Errors
    /// If there is no file descriptor for the poller.
    pub(super) fn start(&self) -> io::Result<()> {
        if self.poller.get().is_none() {
            let _ = self.poller.set(Poller::new()?);
        }
        Ok(())
    }

    /// Whether anybody can be woken by what comes from outside.
    pub(super) fn is_waited_for(&self) -> bool {
        self.waiting.get() > 0
    }

    /// Looks what has happened, and sleeps until something has, or the time has come.
    pub(super) fn look(&self, sleep: bool, until: Option<Instant>, wake: impl Fn(Running)) {
        let Some(poller) = self.poller.get() else { return };
        let waited = poller.wait(sleep, until, |event| self.hear(event, &wake));
        waited.expect("a poller that can be waited at");
    }

    #[inline]
    fn hear(&self, event: Event, wake: &impl Fn(Running)) {
        let sources = self.sources.borrow();
        let place = sources.places.get(event.key as u32 as usize);
        let place = place.filter(|(age, _)| u64::from(*age) == event.key >> 32);
        // One that has been closed since.
        let Some(source) = place.and_then(|(_, source)| source.as_ref()) else { return };
        source.hung_up.set(source.hung_up.get() || event.hung_up);
        for (told, direction) in [(event.readable, &source.read), (event.writable, &source.write)] {
            if told {
                direction.ready.set(true);
                if let Some(thread) = direction.waiting.take() {
                    wake(thread);
                }
            }
        }
    }
}

impl Source {
    /// From now on tells who waits for this socket. At first both directions are taken for ready:
    /// whoever comes tries, and waits only if that fails.
    ///
    /// # Errors
    /// If the system has no memory for it, or the descriptor can't be waited for.
    pub(super) fn register(socket: impl AsFd) -> io::Result<Registered> {
        here::need_room();
        here::with(|scheduler| {
            let reactor = &scheduler.reactor;
            reactor.start()?;
            let mut sources = reactor.sources.borrow_mut();
            let number = match sources.free.pop() {
                Some(number) => number,
                None => {
                    sources.places.push((0, None));
                    sources.places.len() as u32 - 1
                }
            };
            let source = Rc::new(Source { number, ..Source::default() });
            source.read.ready.set(true);
            source.write.ready.set(true);
            let source = Registered(source);
            let place = &mut sources.places[number as usize];
            place.1 = Some(Rc::clone(&source.0));
            let key = u64::from(place.0) << 32 | u64::from(number);
            drop(sources);
            let poller = reactor.poller.get().ok_or(ErrorKind::Unsupported)?;
            poller.register(socket, key)?;
            Ok(source)
        })
    }

    /// Reads by `attempt`, which gives how many bytes it has read of so many that there was room
    /// for; waits where there is nothing to read, until this moment at most.
    ///
    /// # Errors
    /// Those of the attempt; and `WouldBlock` when the time is up, as the standard library has it.
    #[inline]
    pub(super) fn read(
        &self,
        limit: Option<Instant>,
        room: usize,
        attempt: impl FnMut() -> io::Result<usize>,
    ) -> io::Result<usize> {
        let read = self.read.when_ready(limit, attempt)?;
        if 0 < read && read < room && !self.hung_up.get() {
            // Less than there was room for: it is empty now, and what comes later is news. This
            // saves the attempt that would only say so.
            self.read.ready.set(false);
        }
        Ok(read)
    }
}

impl Deref for Registered {
    type Target = Source;

    #[inline]
    fn deref(&self) -> &Source {
        &self.0
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        here::need_room();
        // The poller forgets a socket when it is closed.
        let number = self.number;
        here::try_with(|scheduler| {
            let mut sources = scheduler.reactor.sources.borrow_mut();
            if let Some(place) = sources.places.get_mut(number as usize) {
                *place = (place.0.wrapping_add(1), None);
                sources.free.push(number);
            }
        });
    }
}

impl Direction {
    /// What was told before is forgotten: waits for news.
    pub(super) fn expect_news(&self) {
        self.ready.set(false);
    }

    /// Makes the attempt when the socket is ready, and again when it was not.
    ///
    /// # Errors
    /// Those of the attempt; and `WouldBlock` when the time is up.
    #[inline]
    pub(super) fn when_ready<T>(
        &self,
        limit: Option<Instant>,
        mut attempt: impl FnMut() -> io::Result<T>,
    ) -> io::Result<T> {
        loop {
            while self.ready.get() {
                match attempt() {
                    Err(why) if why.kind() == ErrorKind::WouldBlock => self.ready.set(false),
                    Err(why) if why.kind() == ErrorKind::Interrupted => {}
                    result => return result,
                }
            }
            self.wait(limit)?;
        }
    }

    fn wait(&self, limit: Option<Instant>) -> io::Result<()> {
        here::need_room();
        if std::thread::panicking() {
            // A destructor, which may not wait. Here, and only here, it can be told so.
            return Err(io::Error::other("a destructor can't wait while its green thread unwinds"));
        }
        here::with(|scheduler| {
            let _one_more = OneMore::new(&scheduler.reactor.waiting);
            let me = scheduler.running();
            let _place = Place { direction: self, me };
            while !self.ready.get() {
                self.waiting.set(Some(me));
                match limit {
                    None => scheduler.park(),
                    Some(limit) if here::park_until(limit) => {}
                    Some(_) if self.ready.get() => {}
                    Some(_) => return Err(ErrorKind::WouldBlock.into()),
                }
            }
            Ok(())
        })
    }
}

/// Where the news are brought to, for as long as it is waited for.
struct Place<'a> {
    direction: &'a Direction,
    me: Running,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        // Mostly the news have come, and there is none; or another has taken the place.
        if self.direction.waiting.get() == Some(self.me) {
            self.direction.waiting.set(None);
        }
    }
}

/// Counts one more for as long as it lives, also when the thread unwinds.
struct OneMore<'a>(&'a Cell<usize>);

impl<'a> OneMore<'a> {
    fn new(count: &'a Cell<usize>) -> OneMore<'a> {
        count.set(count.get() + 1);
        OneMore(count)
    }
}

impl Drop for OneMore<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}
