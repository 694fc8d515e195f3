//! A loop of readiness and callbacks.

use std::net::SocketAddr;

use workloads::http::{Reply, Request};
use workloads::{Error, Result};

use super::super::asked::{Asked, Heard, Reads};
use crate::runtime::poller::Poller;
use crate::runtime::slab::Slab;

// [listing
/// Who waits for which socket.
pub(super) struct Loop {
    poller: Poller,
    /// By the key that the socket is registered under. One that is being called is not in its place.
    callbacks: Slab<Option<Callback>>,
    /// Errors that came out of callbacks. Whoever registered them is long gone.
    pub(super) nobodys: Vec<Error>,
    pub(super) polls: u64,
    pub(super) reads: Reads,
}

/// Called when the socket has something to read.
type Callback = Box<dyn FnMut(&mut Loop) -> Result<Next>>;

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
        self.callbacks.insert(Some(Box::new(move |io| {
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
                let callback = self.callbacks.get_mut(event.key).and_then(Option::take);
                let Some(mut callback) = callback else { continue };
                match (callback(self), self.callbacks.get_mut(event.key)) {
                    (Ok(Next::Again), Some(place)) => *place = Some(callback),
                    (Ok(_), _) => drop(self.callbacks.remove(event.key)),
                    (Err(why), _) => {
                        self.callbacks.remove(event.key);
                        // Whose was it? The loop knows a socket, and no caller.
                        self.nobodys.push(why);
                    }
                }
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
