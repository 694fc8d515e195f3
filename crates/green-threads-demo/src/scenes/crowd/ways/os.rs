//! Clients that are threads of the operating system.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use stage::{Held, Moment};
use workloads::http::Request;
use workloads::{Error, Result};

use crate::scenes::crowd::child::Crowd;

/// How a client tells that it has asked.
pub type Tell = Box<dyn FnOnce() + Send>;

/// Lets the crowd wait, each of them in an `ask`.
pub fn hold(
    crowd: Crowd,
    patience: Duration,
    ask: fn(TcpStream, &Request, Tell) -> Result<()>,
) -> Result<Held> {
    let before = Moment::now();
    let asked = Arc::new(AtomicU64::new(0));
    let start = |id| {
        let (request, asked) = (crowd.request(id), Arc::clone(&asked));
        let client = move || {
            let connecting = Error::io(format!("connecting to {}", crowd.address));
            let stream = TcpStream::connect(crowd.address).map_err(connecting)?;
            let tell = move || {
                asked.fetch_add(1, SeqCst);
            };
            ask(stream, &request, Box::new(tell))
        };
        thread::Builder::new().spawn(client).map_err(Error::io(format!("starting thread {id}")))
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
