//! The slow service's loop: one thread, one poll, one heap of timers.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::io::{self, ErrorKind};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use mio::{Events, Interest, Poll, Token};

use super::Log;
use super::client::Client;
use super::routes::{Answer, Bytes, Routes};
use crate::error::{Error, Result};
use crate::http::{Reply, Request};
use crate::limits;
use crate::stop::Stop;

pub(super) const WAKER: Token = Token(0);
const LISTENER: Token = Token(1);

/// How long to leave the listener alone when there is no file descriptor for the next client.
const BACK_OFF: Duration = Duration::from_millis(20);

/// Serves on the listener, on this thread, until the process ends.
///
/// # Errors
/// [`Error::Io`] if there is nothing to poll with.
pub fn serve(listener: TcpListener) -> Result<()> {
    let poll = Poll::new().map_err(Error::io("starting the slow service"))?;
    run(poll, listener, &Stop::new())
}

pub(super) fn run(poll: Poll, listener: TcpListener, stop: &Stop) -> Result<()> {
    limits::allow_many_files();
    limits::queue_many_clients(&listener);
    let mut host = Host::new(poll, listener).map_err(Error::io("starting the slow service"))?;
    let mut events = Events::with_capacity(1024);
    while !stop.is_stopped() {
        match host.poll.poll(&mut events, host.until_next_timer()) {
            Err(why) if why.kind() != ErrorKind::Interrupted => {
                return Err(Error::io("polling")(why));
            }
            _ => {}
        }
        for event in &events {
            match event.token() {
                WAKER => {}
                LISTENER => host.accept(),
                Token(id) => {
                    if let Some(client) = host.clients.get_mut(&id) {
                        client.now_readable(event.is_read_closed());
                        host.serve(id);
                    }
                }
            }
        }
        host.ring();
        for id in std::mem::take(&mut host.again) {
            host.serve(id);
        }
    }
    Ok(())
}

struct Host {
    poll: Poll,
    listener: mio::net::TcpListener,
    clients: HashMap<usize, Client>,
    next: usize,
    timers: BinaryHeap<Reverse<(Instant, Timer)>>,
    /// The replies that are being thought about, by client and number of its request.
    held: HashMap<(usize, u64), Held>,
    /// Who has come to gather, by how many they want to be; some may have gone since.
    gathering: HashMap<u64, Vec<(usize, u64)>>,
    /// Clients that may have left something in their sockets of which no event will tell: they
    /// were answered only now, or had more to say than one turn takes.
    again: Vec<usize>,
    /// The listener is left alone until its timer rings.
    backing_off: bool,
    routes: Routes,
    answered: u64,
    most_at_once: u64,
    /// In microseconds.
    lateness: Histogram<u64>,
    buffer: Vec<u8>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    /// The reply to this client's request with this number is due.
    Due(usize, u64),
    /// The listener may be tried again.
    Accept,
}

struct Held {
    reply: Bytes,
    /// If it gathers: with how many.
    of: Option<u64>,
}

impl Host {
    fn new(poll: Poll, listener: TcpListener) -> io::Result<Host> {
        listener.set_nonblocking(true)?;
        let mut listener = mio::net::TcpListener::from_std(listener);
        poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
        Ok(Host {
            poll,
            listener,
            clients: HashMap::new(),
            next: LISTENER.0 + 1,
            timers: BinaryHeap::new(),
            held: HashMap::new(),
            gathering: HashMap::new(),
            again: Vec::new(),
            backing_off: false,
            routes: Routes::default(),
            answered: 0,
            most_at_once: 0,
            lateness: Histogram::new_with_max(60_000_000, 3).expect("the bounds are valid"),
            buffer: vec![0; 64 * 1024],
        })
    }

    fn until_next_timer(&self) -> Option<Duration> {
        if !self.again.is_empty() {
            return Some(Duration::ZERO);
        }
        let Reverse((due, _)) = self.timers.peek()?;
        Some(due.saturating_duration_since(Instant::now()))
    }

    fn accept(&mut self) {
        // Else every client that comes while there is no descriptor would start a timer of its
        // own that starts the next, and thousands of them are a spin again.
        while !self.backing_off {
            match self.listener.accept() {
                Ok((mut stream, _)) => {
                    let id = self.next;
                    self.next += 1;
                    let interest = Interest::READABLE | Interest::WRITABLE;
                    let _ = stream.set_nodelay(true);
                    if self.poll.registry().register(&mut stream, Token(id), interest).is_ok() {
                        self.clients.insert(id, Client::new(stream));
                    }
                }
                Err(why) if why.kind() == ErrorKind::WouldBlock => return,
                Err(why) if why.kind() == ErrorKind::ConnectionAborted => {}
                // Out of file descriptors, say: the edge has been seen and will not come again.
                Err(_) => {
                    self.backing_off = true;
                    self.timers.push(Reverse((Instant::now() + BACK_OFF, Timer::Accept)));
                }
            }
        }
    }

    /// Writes, reads once and answers for a client. If there is more to read, it has another turn
    /// after the others: one that never stops asking would otherwise be the only one served.
    fn serve(&mut self, id: usize) {
        // What could not be written before, first: its reader may be what reading waits for.
        self.write(id);
        let Some(client) = self.clients.get_mut(&id) else { return };
        let read = client.read(&mut self.buffer);
        while let Some((number, request)) = self.clients.get_mut(&id).and_then(Client::request) {
            self.take(id, number, &request);
        }
        self.write(id);
        match read {
            Ok(true) => self.again.push(id),
            Ok(false) => {}
            Err(_) => self.close(id),
        }
    }

    fn take(&mut self, id: usize, number: u64, request: &Request) {
        let keep_alive = request.keep_alive;
        match self.routes.answer(request) {
            Answer::Now(reply) => self.answer(id, number, &reply, keep_alive),
            Answer::After(think, reply) => self.hold(id, number, think, reply, None),
            Answer::Gather { of, patience, reply } => {
                self.hold(id, number, patience, reply, Some(of));
                self.gather(of, (id, number));
            }
            Answer::Log => {
                let log = Reply::text(200, self.log().json());
                self.answer(id, number, &log, keep_alive);
            }
            Answer::Clear => {
                self.answered = 0;
                self.most_at_once = self.held.len() as u64;
                self.lateness.clear();
                self.answer(id, number, &Reply::text(200, "cleared\n"), keep_alive);
            }
        }
    }

    fn answer(&mut self, id: usize, number: u64, reply: &Reply, keep_alive: bool) {
        if let Some(client) = self.clients.get_mut(&id) {
            client.reply(number, Bytes { bytes: reply.bytes(keep_alive), keep_alive });
        }
    }

    fn hold(&mut self, id: usize, number: u64, think: Duration, reply: Bytes, of: Option<u64>) {
        self.timers.push(Reverse((Instant::now() + think, Timer::Due(id, number))));
        self.held.insert((id, number), Held { reply, of });
        self.most_at_once = self.most_at_once.max(self.held.len() as u64);
    }

    /// Lets all go who gather for the same number, once so many are here.
    fn gather(&mut self, of: u64, newcomer: (usize, u64)) {
        let here = self.gathering.entry(of).or_default();
        here.push(newcomer);
        if here.len() as u64 >= of {
            here.retain(|key| self.held.contains_key(key));
            if here.len() as u64 >= of {
                let complete = std::mem::take(here);
                complete.into_iter().for_each(|(id, number)| self.release(id, number));
            }
        }
    }

    /// Gives the replies that are due.
    fn ring(&mut self) {
        let now = Instant::now();
        while self.timers.peek().is_some_and(|Reverse((due, _))| *due <= now) {
            let Some(Reverse((due, timer))) = self.timers.pop() else { return };
            let Timer::Due(id, number) = timer else {
                self.backing_off = false;
                self.accept();
                continue;
            };
            // A client may have gone, or a gathering been complete, since this was set.
            let Some(held) = self.held.get_mut(&(id, number)) else { continue };
            if let Some(of) = held.of {
                let why = format!("{of} requests did not come together\n");
                held.reply = Bytes { bytes: Reply::text(503, why).bytes(false), keep_alive: false };
                if let Some(here) = self.gathering.get_mut(&of) {
                    here.retain(|key| *key != (id, number));
                }
            } else {
                // Now, not the loop's now: giving the replies before this one took time as well.
                let late = due.elapsed().as_micros() as u64;
                self.lateness.saturating_record(late);
            }
            self.release(id, number);
        }
    }

    fn release(&mut self, id: usize, number: u64) {
        let Some(held) = self.held.remove(&(id, number)) else { return };
        self.answered += 1;
        if let Some(client) = self.clients.get_mut(&id) {
            client.reply(number, held.reply);
        }
        self.write(id);
        self.again.push(id);
    }

    fn write(&mut self, id: usize) {
        let over =
            self.clients.get_mut(&id).is_some_and(|client| !matches!(client.write(), Ok(true)));
        if over {
            self.close(id);
        }
    }

    fn close(&mut self, id: usize) {
        if let Some(mut client) = self.clients.remove(&id) {
            let _ = self.poll.registry().deregister(client.stream());
            for number in client.owed() {
                self.held.remove(&(id, number));
            }
        }
    }

    fn log(&self) -> Log {
        Log {
            answered: self.answered,
            most_at_once: self.most_at_once,
            late_p50_us: self.lateness.value_at_quantile(0.5),
            late_p99_us: self.lateness.value_at_quantile(0.99),
        }
    }
}
