//! The same clients as tasks and as threads.

use std::cell::Cell;
use std::io::{Read, Write};
use std::net::{self, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use workloads::http::{Incoming, Request};
use workloads::{Error, Result};

use super::child::Crowd;
use super::held::{Held, Moment};
use crate::runtime::net::TcpStream;
use crate::runtime::{Failed, JoinHandle, Runtime, sleep, spawn};

/// What a client reads into: as much as the reply needs.
const SMALL: usize = 256;

/// How many tasks connect at once: no more than may wait to be accepted, which on macOS is 128.
const WAVE: usize = 100;

/// How the clients of a crowd wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A task each, on one thread.
    Tasks,
    /// The same, with a buffer of 4 KiB in each.
    Buffers,
    /// A thread each.
    Threads,
}

impl Way {
    /// What each is.
    pub fn name(self) -> &'static str {
        match self {
            Way::Tasks => "tasks",
            Way::Buffers => "tasks with 4 KiB buffers",
            Way::Threads => "threads",
        }
    }

    /// Lets the crowd wait, and tells what it held then.
    pub(super) fn hold(self, crowd: Crowd, patience: Duration) -> Result<Held> {
        match self {
            Way::Tasks => tasks(crowd, patience, ask::<SMALL>),
            Way::Buffers => tasks(crowd, patience, ask::<4096>),
            Way::Threads => threads(crowd, patience),
        }
    }
}

/// One client, as a task: its memory is what it needs at its longest wait, the buffer too.
async fn ask<const BUFFER: usize>(
    address: SocketAddr,
    request: Request,
    asked: Rc<Cell<u64>>,
) -> Result<()> {
    let asking = || format!("GET {}", request.target);
    let stream = TcpStream::connect(address).await.map_err(Error::io(asking()))?;
    stream.write_all(&request.bytes()).await.map_err(Error::io(asking()))?;
    asked.set(asked.get() + 1);
    let mut incoming = Incoming::default();
    let mut buffer = [0; BUFFER];
    loop {
        let read = stream.read(&mut buffer).await.map_err(Error::io(asking()))?;
        if let Some(reply) = incoming.received(&request, &buffer[..read])? {
            return reply.ok(&request).map(drop);
        }
    }
}

fn tasks<F: Future<Output = Result<()>> + 'static>(
    crowd: Crowd,
    patience: Duration,
    ask: fn(SocketAddr, Request, Rc<Cell<u64>>) -> F,
) -> Result<Held> {
    let runtime = Runtime::new().map_err(Error::io("starting a runtime"))?;
    runtime.block_on(async {
        let before = Moment::now();
        let asked = Rc::new(Cell::new(0));
        let start = |id| spawn(ask(crowd.address, crowd.request(id), Rc::clone(&asked)));
        let mut tasks = Vec::new();
        // All but one, so that they wait for as long as it takes to look at them.
        let but_one = crowd.clients - 1;
        for first in (0..but_one).step_by(WAVE) {
            let end = but_one.min(first + WAVE as u64);
            let mut wave: Vec<_> = (first..end).map(start).collect();
            while asked.get() < end {
                // Nobody is answered yet: who has ended has failed.
                if let Some(ended) = wave.iter().position(JoinHandle::is_finished) {
                    wave.swap_remove(ended).await.map_err(failed)??;
                }
                sleep(Duration::from_millis(1)).await;
            }
            tasks.append(&mut wave);
        }
        let waiting = Moment::now();
        sleep(patience).await;
        let held = Held::between(crowd.clients, &before, &waiting);
        tasks.push(start(but_one));
        for task in tasks {
            task.await.map_err(failed)??;
        }
        Ok(held)
    })
}

fn threads(crowd: Crowd, patience: Duration) -> Result<Held> {
    let before = Moment::now();
    let asked = Arc::new(AtomicU64::new(0));
    let start = |id| {
        let (request, asked) = (crowd.request(id), Arc::clone(&asked));
        let starting = Error::io(format!("starting thread {id}"));
        let ask = move || ask_blocking(crowd.address, &request, &asked);
        thread::Builder::new().spawn(ask).map_err(starting)
    };
    let but_one = crowd.clients - 1;
    let mut threads = (0..but_one).map(start).collect::<Result<Vec<_>>>()?;
    while asked.load(SeqCst) < but_one {
        if let Some(ended) = threads.iter().position(thread::JoinHandle::is_finished) {
            threads.swap_remove(ended).join().map_err(Error::panicked)??;
        }
        thread::sleep(Duration::from_millis(1));
    }
    let waiting = Moment::now();
    thread::sleep(patience);
    let held = Held::between(crowd.clients, &before, &waiting);
    threads.push(start(but_one)?);
    for thread in threads {
        thread.join().map_err(Error::panicked)??;
    }
    Ok(held)
}

/// As [`ask`], with the calls that block.
fn ask_blocking(address: SocketAddr, request: &Request, asked: &AtomicU64) -> Result<()> {
    let asking = || format!("GET {}", request.target);
    let mut stream = net::TcpStream::connect(address).map_err(Error::io(asking()))?;
    stream.write_all(&request.bytes()).map_err(Error::io(asking()))?;
    asked.fetch_add(1, SeqCst);
    let mut incoming = Incoming::default();
    let mut buffer = [0; SMALL];
    loop {
        let read = stream.read(&mut buffer).map_err(Error::io(asking()))?;
        if let Some(reply) = incoming.received(request, &buffer[..read])? {
            return reply.ok(request).map(drop);
        }
    }
}

fn failed(why: Failed) -> Error {
    match why {
        Failed::Panicked(panic) => Error::panicked(panic),
        Failed::Cancelled => Error::Refused("the task was cancelled"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use workloads::Service;

    #[test]
    fn each_way_has_the_whole_crowd_in_flight() {
        let service = Service::start().expect("a service");
        for way in [Way::Tasks, Way::Buffers, Way::Threads] {
            service.clear().expect("a service that answers");
            let crowd = Crowd { way, clients: 250, address: service.address() };
            way.hold(crowd, Duration::from_millis(1)).expect("a crowd that is answered");
            let log = service.log().expect("a service that answers");
            assert_eq!((log.most_at_once, log.answered), (250, 250), "{way:?}");
        }
    }

    #[test]
    fn a_task_is_as_large_as_what_it_holds_at_its_waits() {
        let size = |buffer: usize| {
            let address = SocketAddr::from(([127, 0, 0, 1], 1));
            let (request, asked) = (Request::get("/"), Rc::new(Cell::new(0)));
            match buffer {
                SMALL => size_of_val(&ask::<SMALL>(address, request, asked)),
                _ => size_of_val(&ask::<4096>(address, request, asked)),
            }
        };
        assert_eq!(size(4096) - size(SMALL), 4096 - SMALL);
    }
}
