//! fetch with 10,000 requests in flight, which the service makes sure of: it answers when all of
//! them are there, and not before.
//!
//! What is the service's own limit? What a client gets out of it that has no runtime, and does
//! nothing but what must be done: connect, ask, read the reply, close.

use std::cell::LazyCell;
use std::env;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use criterion::Criterion;
use event_loop_demo::solve::{AsyncStd, EventLoop, Smol, Tokio};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use workloads::http::{Incoming, Reply, Request};
use workloads::{Approach, Service, fetch as problem, limits};

const REQUESTS: u64 = 10_000;

/// Milliseconds for 10,000 requests.
pub fn fetch(criterion: &mut Criterion) {
    if limits::allow_many_files() < REQUESTS + 100 {
        eprintln!("10,000 connections need as many files: see `ulimit -n`.");
        return;
    }
    // Only if somebody wants to measure it.
    let service = LazyCell::new(|| Elsewhere::start().expect("a service"));
    let requests = problem::gathering(REQUESTS, REQUESTS).expect("they are within the bounds");
    let mut group = criterion.benchmark_group("fetch, 10,000 in flight");
    group.sample_size(10);
    let mut measure = |name: &str, fetch: &dyn Fn() -> Vec<Reply>| {
        let timed = || {
            let start = Instant::now();
            let replies = fetch();
            let took = start.elapsed();
            problem::check(&requests, &replies).expect("the right replies");
            took
        };
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|times| (0..times).map(|_| timed()).sum());
        });
    };
    let solve = |approach: &dyn Approach| {
        approach.fetch(&Service::at(service.address), &requests).expect("replies")
    };
    measure("event loop", &|| solve(&EventLoop));
    measure("no runtime", &|| raw(service.address, &requests).expect("replies"));
    measure("tokio", &|| solve(&Tokio::current_thread()));
    measure("smol", &|| solve(&Smol));
    measure("async-std", &|| solve(&AsyncStd));
    measure("event loop again", &|| solve(&EventLoop));
    group.finish();
}

/// A request on its way.
struct Flight {
    stream: TcpStream,
    asked: bool,
    incoming: Incoming,
}

fn raw(address: SocketAddr, requests: &[Request]) -> io::Result<Vec<Reply>> {
    let mut poll = Poll::new()?;
    let mut flights = Vec::new();
    for number in 0..requests.len() {
        let mut stream = TcpStream::connect(address)?;
        let both = Interest::READABLE | Interest::WRITABLE;
        poll.registry().register(&mut stream, Token(number), both)?;
        flights.push(Some(Flight { stream, asked: false, incoming: Incoming::default() }));
    }
    let mut replies: Vec<_> = requests.iter().map(|_| None).collect();
    let mut left = requests.len();
    let mut events = Events::with_capacity(1024);
    while left > 0 {
        match poll.poll(&mut events, None) {
            Err(why) if why.kind() != ErrorKind::Interrupted => return Err(why),
            _ => {}
        }
        for event in &events {
            let Token(number) = event.token();
            let Some(flight) = &mut flights[number] else { continue };
            if let Some(reply) = flight.go_on(&requests[number])? {
                replies[number] = Some(reply);
                flights[number] = None;
                left -= 1;
            }
        }
    }
    Ok(replies.into_iter().flatten().collect())
}

impl Flight {
    fn go_on(&mut self, request: &Request) -> io::Result<Option<Reply>> {
        if !self.asked {
            match self.stream.write_all(&request.bytes()) {
                // Not connected yet: so says macOS, and so Linux.
                Err(why)
                    if [ErrorKind::NotConnected, ErrorKind::WouldBlock].contains(&why.kind()) =>
                {
                    return Ok(None);
                }
                written => written?,
            }
            self.asked = true;
        }
        let mut buffer = [0; 4 * 1024];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(read) => {
                    let reply = self.incoming.received(request, &buffer[..read]);
                    if let Some(reply) = reply.map_err(io::Error::other)? {
                        return Ok(Some(reply));
                    }
                }
                Err(why) if why.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(why) => return Err(why),
            }
        }
    }
}

/// The service in a process of its own, which has as many connections open as its clients. Dropped,
/// it ends.
struct Elsewhere {
    child: Child,
    address: SocketAddr,
}

impl Elsewhere {
    fn start() -> io::Result<Elsewhere> {
        let mut command = Command::new(env::current_exe()?);
        command.arg("service").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let mut said = String::new();
        BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut said)?;
        let address = said.trim_end().parse().map_err(io::Error::other)?;
        Ok(Elsewhere { child, address })
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        // The end of its input is the sign to end.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// The other side of `Elsewhere::start`: the whole program, if its arguments are such.
pub fn served(arguments: &[String]) -> bool {
    if arguments != ["service"] {
        return false;
    }
    limits::allow_many_files();
    let service = Service::start().expect("a service");
    println!("{}", service.address());
    let _ = io::stdin().read_to_end(&mut Vec::new());
    true
}
