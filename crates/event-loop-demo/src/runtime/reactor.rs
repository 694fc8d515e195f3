//! Who waits for which socket.
//!
//! The poller tells of changes, once each. So what was told is remembered with the socket, until
//! an attempt shows that it is no longer so:
//!
//! ```text
//!               event                      read() gave less than there was room for,
//!   not ready ─────────▶ ready             or EAGAIN
//!       ▲                  │ read(), again and again │
//!       └──────────────────┴─────────────────────────┘
//! ```

use std::cell::{Cell, RefCell};
use std::io::{self, ErrorKind};
use std::os::fd::AsFd;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::poller::{Event, Poller};
use super::slab::{Key, Slab};

/// How often a task may find a socket ready in one poll before the others have their turn. Else
/// one whose peer never pauses would be the only one served.
const BUDGET: u32 = 128;

/// The sockets that are waited for.
pub(super) struct Reactor {
    pub(super) poller: RefCell<Poller>,
    sources: RefCell<Slab<Rc<Source>>>,
    budget: Cell<u32>,
}

/// One direction of a socket.
#[derive(Default)]
pub(super) struct Direction {
    ready: Cell<bool>,
    waiting: Cell<Option<Waker>>,
}

impl Direction {
    /// Who is to be woken now.
    #[inline]
    fn now_ready(&self) -> Option<Waker> {
        self.ready.set(true);
        self.waiting.take()
    }
}

/// A socket, as far as it can be waited for.
#[derive(Default)]
pub(super) struct Source {
    /// Whether a read finds something.
    read: Direction,
    /// Whether a write finds room.
    write: Direction,
    /// The peer has closed: a short read does not mean that the next one finds nothing. The end of
    /// the stream is told by the same event as its last bytes.
    hung_up: Cell<bool>,
}

/// A source for as long as its socket is open.
pub(super) struct Registration {
    source: Rc<Source>,
    reactor: Rc<Reactor>,
    key: Key,
}

impl Reactor {
    pub(super) fn new(poller: Poller) -> Reactor {
        Reactor {
            poller: RefCell::new(poller),
            sources: RefCell::default(),
            budget: Cell::new(BUDGET),
        }
    }

    /// From now on tells who waits for this socket. At first both directions are taken for ready:
    /// whoever comes tries, and waits only if that fails.
    ///
    /// # Errors
    /// As [`Poller::register`].
    pub(super) fn register(self: Rc<Self>, socket: impl AsFd) -> io::Result<Registration> {
        let source = Rc::<Source>::default();
        source.read.ready.set(true);
        source.write.ready.set(true);
        let key = self.sources.borrow_mut().insert(Rc::clone(&source));
        let registered = self.poller.borrow().register(socket, key);
        let registration = Registration { source, reactor: self, key };
        registered.map(|()| registration)
    }

    /// Remembers what was told, and rouses who waited for it.
    #[inline]
    pub(super) fn hear(&self, event: Event, rouse: impl Fn(Waker)) {
        // Whoever is roused may be anybody, and open or close sockets: nothing is borrowed then.
        let source = self.sources.borrow().get(event.key).map(Rc::clone);
        // One that has been closed since.
        let Some(source) = source else { return };
        if event.hung_up {
            source.hung_up.set(true);
        }
        if event.readable {
            source.read.now_ready().into_iter().for_each(&rouse);
        }
        if event.writable {
            source.write.now_ready().into_iter().for_each(&rouse);
        }
    }

    /// A task begins its poll.
    #[inline]
    pub(super) fn new_turn(&self) {
        self.budget.set(BUDGET);
    }
}

impl Registration {
    /// Reads by `attempt`, which gives how many bytes it has read of so many that there was room
    /// for; waits where there is nothing to read.
    ///
    /// # Errors
    /// Those of the attempt.
    #[inline]
    pub(super) fn poll_read(
        &self,
        cx: &mut Context<'_>,
        room: usize,
        attempt: impl FnMut() -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        let read = self.poll_ready(cx, &self.source.read, attempt);
        if let Poll::Ready(Ok(read)) = read
            && 0 < read
            && read < room
            && !self.source.hung_up.get()
        {
            // Less than there was room for: it is empty now, and what comes later is news. This
            // saves the attempt that would only say so.
            self.source.read.ready.set(false);
        }
        read
    }

    /// Accepts by `attempt`; waits where nobody has come.
    #[inline]
    pub(super) fn poll_accept<T>(
        &self,
        cx: &mut Context<'_>,
        attempt: impl FnMut() -> io::Result<T>,
    ) -> Poll<io::Result<T>> {
        self.poll_ready(cx, &self.source.read, attempt)
    }

    /// Writes by `attempt`; waits where there is no room.
    #[inline]
    pub(super) fn poll_write<T>(
        &self,
        cx: &mut Context<'_>,
        attempt: impl FnMut() -> io::Result<T>,
    ) -> Poll<io::Result<T>> {
        self.poll_ready(cx, &self.source.write, attempt)
    }

    /// What was told before is forgotten: waits for news.
    pub(super) fn expect_write(&self) {
        self.source.write.ready.set(false);
    }

    #[inline]
    fn poll_ready<T>(
        &self,
        cx: &mut Context<'_>,
        direction: &Direction,
        mut attempt: impl FnMut() -> io::Result<T>,
    ) -> Poll<io::Result<T>> {
        while direction.ready.get() {
            let budget = self.reactor.budget.get();
            if budget == 0 {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            self.reactor.budget.set(budget - 1);
            match attempt() {
                Err(why) if why.kind() == ErrorKind::WouldBlock => direction.ready.set(false),
                Err(why) if why.kind() == ErrorKind::Interrupted => {}
                result => return Poll::Ready(result),
            }
        }
        direction.waiting.set(Some(cx.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // The poller forgets a socket when it is closed.
        self.reactor.sources.borrow_mut().remove(self.key);
    }
}
