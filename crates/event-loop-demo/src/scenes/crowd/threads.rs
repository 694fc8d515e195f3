//! Clients that are threads.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use stage::{Held, Moment};
use workloads::http::{Incoming, Request};
use workloads::{Error, Result};

use super::child::Crowd;
use super::ways::SMALL;

/// Lets the crowd wait, a thread for each of them.
pub(super) fn hold(crowd: Crowd, patience: Duration) -> Result<Held> {
    let before = Moment::now();
    let asked = Arc::new(AtomicU64::new(0));
    let start = |id| {
        let (request, asked) = (crowd.request(id), Arc::clone(&asked));
        let starting = Error::io(format!("starting thread {id}"));
        let ask = move || ask(crowd.address, &request, &asked);
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

/// As [`super::tasks::ask`], with the calls that block.
fn ask(address: SocketAddr, request: &Request, asked: &AtomicU64) -> Result<()> {
    let asking = || format!("GET {}", request.target);
    let mut stream = TcpStream::connect(address).map_err(Error::io(asking()))?;
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
