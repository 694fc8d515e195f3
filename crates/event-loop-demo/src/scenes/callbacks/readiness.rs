//! A loop of readiness and callbacks.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;

use workloads::http::{Reply, Request};
use workloads::{Error, Result};

use super::super::asked::{Asked, Heard, Reads};
use crate::runtime::poller::Poller;
use crate::runtime::slab::Slab;

// [listing
/// Who waits for which socket.
pub(super) struct Loop {
    poller: Poller,
    /// By the key that the socket is registered under.
    callbacks: Slab<Callback>,
    /// Errors that came out of callbacks. Whoever registered them is long gone.
    pub(super) nobodys: Vec<Error>,
    pub(super) polls: u64,
    pub(super) reads: Reads,
}

/// Called when the socket has something to read. It is counted, since it is given the loop with the
/// table in which it stands, and may change it.
type Callback = Rc<RefCell<dyn FnMut(&mut Loop) -> Result<Next>>>;

/// Whether a callback is to be called again.
enum Next {
    Again,
    Done,
}

impl Loop {
    pub(super) fn new() -> Result<Loop> {
        let poller = Poller::new().map_err(Error::io("starting a poller"))?;
        let (callbacks, nobodys) = (Slab::default(), Vec::new());
        Ok(Loop { poller, callbacks, nobodys, polls: 0, reads: Reads::default() })
    }

    /// Asks, and returns at once. `then` is called with the reply, or with what went wrong.
    pub(super) fn get(
        &mut self,
        service: SocketAddr,
        request: Request,
        then: impl FnOnce(&mut Loop, Result<Reply>) -> Result<()> + 'static,
    ) -> Result<()> {
        let key = self.callbacks.next_key();
        let asked = Asked::ask(service, request).and_then(Asked::without_blocking);
        let waiting = asked.and_then(|asked| {
            let registered = self.poller.register(asked.stream(), key);
            registered.map(|()| asked).map_err(Error::io("waiting for a socket"))
        });
        let mut asked = match waiting {
            Ok(asked) => asked,
            Err(why) => return then(self, Err(why)),
        };
        let mut then = Some(then);
        self.callbacks.insert(Rc::new(RefCell::new(move |io: &mut Loop| {
            let reply = loop {
                match asked.hear(&mut io.reads) {
                    // With edges, there is no other event before there was nothing left.
                    Ok(Heard::Part) => {}
                    Ok(Heard::Nothing) => return Ok(Next::Again),
                    Ok(Heard::Whole(reply)) => break Ok(reply),
                    Err(why) => break Err(why),
                }
            };
            then.take().map_or(Ok(()), |then| then(io, reply))?;
            Ok(Next::Done)
        })));
        Ok(())
    }

    /// Sleeps until a socket is ready and calls its callback, until nobody waits any more.
    pub(super) fn run(&mut self) -> Result<()> {
        let mut events = Vec::new();
        while !self.callbacks.is_empty() {
            self.polls += 1;
            let woken = self.poller.wait(true, None, &mut events);
            woken.map_err(Error::io("polling"))?;
            for event in events.drain(..).filter(|event| event.readable) {
                let Some(callback) = self.callbacks.get(event.key).cloned() else { continue };
                let next = (callback.borrow_mut())(self);
                if !matches!(next, Ok(Next::Again)) {
                    self.callbacks.remove(event.key);
                }
                // Whose error is it? The loop knows a socket, and no caller.
                self.nobodys.extend(next.err());
            }
        }
        Ok(())
    }
}
// listing]

/// How long all that is.
pub(super) fn lines() -> usize {
    super::super::listing::listing(include_str!("readiness.rs")).lines().count()
}
