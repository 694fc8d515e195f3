//! One client of the load generator: a connection, and at most one question on its way.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Interest, Poll, Token};

use super::Question;
use crate::error::{Error, Result};
use crate::http::{Incoming, wrong};

pub(super) struct Client {
    address: SocketAddr,
    token: Token,
    stream: TcpStream,
    incoming: Incoming,
    outbox: Vec<u8>,
    asked: Option<(Question, Instant)>,
}

/// How long a question took since it was due, and whether its reply was right.
pub(super) type Ended = (Duration, Result<()>);

impl Client {
    pub(super) fn connect(address: SocketAddr, poll: &Poll, token: Token) -> Result<Client> {
        Ok(Client {
            address,
            token,
            stream: open(address, poll, token)?,
            incoming: Incoming::default(),
            outbox: Vec::new(),
            asked: None,
        })
    }

    pub(super) fn id(&self) -> usize {
        self.token.0
    }

    /// Takes a question to ask; it counts from `due`.
    pub(super) fn ask(&mut self, question: Question, due: Instant) {
        self.outbox = question.request.bytes();
        self.asked = Some((question, due));
    }

    /// Writes and reads as far as it goes now. Returns how the question ended, once it has.
    pub(super) fn proceed(&mut self, poll: &Poll) -> Result<Option<Ended>> {
        let outcome = self.exchange();
        let reopen = match (&outcome, &self.asked) {
            (Ok(Moved::Waiting), _) => return Ok(None),
            (Ok(Moved::Answered), _) => false,
            (Ok(Moved::Closed) | Err(_), _) => true,
        };
        if reopen {
            self.stream = open(self.address, poll, self.token)?;
            self.incoming = Incoming::default();
            self.outbox.clear();
        }
        // A server may close a connection on which nothing was asked; that is no failure.
        let Some((_, due)) = self.asked.take() else { return Ok(None) };
        Ok(Some((due.elapsed(), outcome.map(drop))))
    }

    fn exchange(&mut self) -> Result<Moved> {
        let asking = |question: &Option<(Question, Instant)>| match question {
            Some((question, _)) => format!("GET {}", question.request.target),
            None => "waiting for something to ask".to_owned(),
        };
        while !self.outbox.is_empty() {
            match self.stream.write(&self.outbox) {
                Ok(written) => drop(self.outbox.drain(..written)),
                Err(why) if why.kind() == ErrorKind::Interrupted => {}
                Err(why) if why.kind() == ErrorKind::WouldBlock => return Ok(Moved::Waiting),
                Err(why) => return Err(Error::io(asking(&self.asked))(why)),
            }
        }
        let mut buffer = [0; 16 * 1024];
        loop {
            let read = match self.stream.read(&mut buffer) {
                Ok(read) => read,
                Err(why) if why.kind() == ErrorKind::Interrupted => continue,
                Err(why) if why.kind() == ErrorKind::WouldBlock => return Ok(Moved::Waiting),
                Err(why) => return Err(Error::io(asking(&self.asked))(why)),
            };
            let Some((question, _)) = &self.asked else { return Ok(Moved::Closed) };
            if let Some(reply) = self.incoming.received(&question.request, &buffer[..read])? {
                return match reply == question.answer {
                    true => Ok(Moved::Answered),
                    false => Err(wrong(
                        &question.request,
                        format!("status {}, or a body that is not the answer", reply.status),
                    )),
                };
            }
        }
    }
}

enum Moved {
    /// The socket has nothing more to give or take now.
    Waiting,
    /// The right reply is here.
    Answered,
    /// The server has closed while nothing was asked.
    Closed,
}

fn open(address: SocketAddr, poll: &Poll, token: Token) -> Result<TcpStream> {
    let open = || -> io::Result<TcpStream> {
        let stream = std::net::TcpStream::connect(address)?;
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        let mut stream = TcpStream::from_std(stream);
        poll.registry().register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
        Ok(stream)
    };
    open().map_err(Error::io(format!("connecting to {address}")))
}
