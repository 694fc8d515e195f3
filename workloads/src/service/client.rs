//! One client of the slow service: bytes in, replies out in the order of the requests.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::ops::Range;

use mio::net::TcpStream;

use super::routes::Bytes;
use crate::http::Request;

/// How many requests a client may pipeline, and how many bytes of replies it may leave unread,
/// before its further requests are left in the socket: it slows down nobody but itself.
const MOST_PENDING: usize = 20_000;
const MOST_UNREAD: usize = 4 * 1024 * 1024;

pub(super) struct Client {
    stream: TcpStream,
    inbox: Vec<u8>,
    /// How much of the inbox has been taken for requests.
    taken: usize,
    outbox: Vec<u8>,
    /// The replies owed, oldest first; one that is not due yet is `None`.
    owed: VecDeque<Option<Bytes>>,
    /// The number of the oldest request that is owed a reply.
    first: u64,
    /// The socket may hold more input: edge-triggered readiness is told once, so remember it.
    readable: bool,
    /// The peer has closed its side, and perhaps sent something before.
    hung_up: bool,
    /// No further request will be read.
    closing: bool,
    /// The last reply that goes out is in the outbox.
    finished: bool,
}

impl Client {
    pub(super) fn new(stream: TcpStream) -> Client {
        Client {
            stream,
            inbox: Vec::new(),
            taken: 0,
            outbox: Vec::new(),
            owed: VecDeque::new(),
            first: 0,
            readable: true,
            hung_up: false,
            closing: false,
            finished: false,
        }
    }

    pub(super) fn stream(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    pub(super) fn now_readable(&mut self, hung_up: bool) {
        self.readable = true;
        self.hung_up |= hung_up;
    }

    /// The numbers of the requests that are owed a reply.
    pub(super) fn owed(&self) -> Range<u64> {
        self.first..self.first + self.owed.len() as u64
    }

    /// Reads what is there, up to one buffer. `true` if there may be more.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<bool> {
        let pause = self.owed.len() >= MOST_PENDING || self.outbox.len() >= MOST_UNREAD;
        if !self.readable || self.closing || pause {
            return Ok(false);
        }
        match self.stream.read(buffer) {
            Ok(0) => {
                self.closing = true;
                Ok(false)
            }
            Ok(read) => {
                self.inbox.extend_from_slice(&buffer[..read]);
                // A short read has emptied the socket, and what comes later is a new edge: this
                // saves the read that would only say so. The end of input is no new edge if it
                // came together with the last bytes, so it must be looked for.
                self.readable = read == buffer.len() || self.hung_up;
                Ok(self.readable)
            }
            Err(why) if why.kind() == ErrorKind::WouldBlock => {
                self.readable = false;
                Ok(false)
            }
            Err(why) if why.kind() == ErrorKind::Interrupted => Ok(true),
            Err(why) => Err(why),
        }
    }

    /// The next whole request that has come in, with its number. The reply to it is owed from
    /// now on. Nothing follows a request to close.
    pub(super) fn request(&mut self) -> Option<(u64, Request)> {
        let parsed = match self.closing {
            false => Request::parse(&self.inbox[self.taken..]),
            true => Ok(None),
        };
        match parsed {
            Ok(Some((request, length))) => {
                self.taken += length;
                self.closing = !request.keep_alive;
                self.owed.push_back(None);
                Some((self.first + self.owed.len() as u64 - 1, request))
            }
            Ok(None) => {
                self.inbox.drain(..self.taken);
                self.taken = 0;
                None
            }
            Err(refusal) => {
                self.inbox = Vec::new();
                self.taken = 0;
                self.owed.push_back(Some(Bytes { bytes: refusal.bytes(false), keep_alive: false }));
                self.closing = true;
                None
            }
        }
    }

    /// The reply to a request; it goes out when those before it have gone.
    pub(super) fn reply(&mut self, number: u64, reply: Bytes) {
        let place = number.checked_sub(self.first).and_then(|n| self.owed.get_mut(n as usize));
        if let Some(owed) = place {
            *owed = Some(reply);
        }
    }

    /// Writes what can be written. `false` when the conversation is over.
    pub(super) fn write(&mut self) -> io::Result<bool> {
        while let Some(reply) =
            self.owed.front_mut().filter(|_| !self.finished).and_then(Option::take)
        {
            self.owed.pop_front();
            self.first += 1;
            self.outbox.extend(reply.bytes);
            self.finished = !reply.keep_alive;
        }
        let mut written = 0;
        while written < self.outbox.len() {
            match self.stream.write(&self.outbox[written..]) {
                Ok(bytes) => written += bytes,
                Err(why) if why.kind() == ErrorKind::WouldBlock => break,
                Err(why) if why.kind() == ErrorKind::Interrupted => {}
                Err(why) => return Err(why),
            }
        }
        self.outbox.drain(..written);
        if self.outbox.is_empty() {
            // Ten thousand idle clients should not keep ten thousand buffers.
            self.outbox = Vec::new();
        }
        let nothing_follows = self.finished || (self.closing && self.owed.is_empty());
        Ok(!nothing_follows || !self.outbox.is_empty())
    }
}
