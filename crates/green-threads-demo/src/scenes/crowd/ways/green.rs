//! Clients that are green threads of one thread of the operating system.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use stage::{Held, Moment};
use workloads::http::Request;
use workloads::{Error, Result};

use crate::green::net::TcpStream;
use crate::green::{JoinHandle, run, sleep, try_spawn};
use crate::scenes::crowd::child::Crowd;

/// How many connect at once: no more than may wait to be accepted, which on macOS is 128.
const WAVE: usize = 100;

/// Lets the crowd wait, each of them in an `ask`.
pub fn hold(
    crowd: Crowd,
    patience: Duration,
    ask: fn(TcpStream, &Request, Tell) -> Result<()>,
) -> Result<Held> {
    run(|| waiting(crowd, patience, ask)).map_err(Error::io("starting a scheduler"))?
}

/// How a client tells that it has asked.
pub type Tell = Box<dyn FnOnce()>;

fn waiting(
    crowd: Crowd,
    patience: Duration,
    ask: fn(TcpStream, &Request, Tell) -> Result<()>,
) -> Result<Held> {
    let before = Moment::now();
    let asked = Rc::new(Cell::new(0));
    let start = |id| {
        let (request, asked) = (crowd.request(id), Rc::clone(&asked));
        let client = move || {
            let connecting = Error::io(format!("connecting to {}", crowd.address));
            let stream = TcpStream::connect(crowd.address).map_err(connecting)?;
            ask(stream, &request, Box::new(move || asked.set(asked.get() + 1)))
        };
        try_spawn(client).map_err(Error::io(format!("starting green thread {id}")))
    };
    let mut threads = Vec::new();
    // All but one, so that they wait for as long as it takes to look at them.
    let but_one = crowd.clients - 1;
    for first in (0..but_one).step_by(WAVE) {
        let end = but_one.min(first + WAVE as u64);
        let mut wave = (first..end).map(start).collect::<Result<Vec<_>>>()?;
        while asked.get() < end {
            // Nobody is answered yet: who has ended has failed.
            if let Some(ended) = wave.iter().position(JoinHandle::is_finished) {
                wave.swap_remove(ended).join().map_err(Error::from)??;
            }
            sleep(Duration::from_millis(1));
        }
        threads.append(&mut wave);
    }
    let waiting = Moment::now();
    sleep(patience);
    let held = Held::between(crowd.clients, &before, &waiting);
    threads.push(start(but_one)?);
    for thread in threads {
        thread.join().map_err(Error::from)??;
    }
    Ok(held)
}
