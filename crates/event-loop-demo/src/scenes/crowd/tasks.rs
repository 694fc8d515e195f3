//! Clients that are tasks of one thread.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use stage::{Held, Moment};
use workloads::http::{Incoming, Request};
use workloads::{Error, Result};

use super::child::Crowd;
use crate::runtime::net::TcpStream;
use crate::runtime::{JoinHandle, Runtime, sleep, spawn};

/// How many tasks connect at once: no more than may wait to be accepted, which on macOS is 128.
const WAVE: usize = 100;

/// One client, as a task: its memory is what it needs at its longest wait, the buffer too.
pub(super) async fn ask<const BUFFER: usize>(
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

/// Lets the crowd wait, each of them as an `ask`.
pub(super) fn hold<F: Future<Output = Result<()>> + 'static>(
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
                    wave.swap_remove(ended).await.map_err(Error::from)??;
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
            task.await.map_err(Error::from)??;
        }
        Ok(held)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size<F: Future>(ask: fn(SocketAddr, Request, Rc<Cell<u64>>) -> F) -> usize {
        size_of_val(&ask(([127, 0, 0, 1], 1).into(), Request::get("/"), Rc::default()))
    }

    #[test]
    fn a_task_is_as_large_as_what_it_holds_at_its_waits() {
        assert_eq!(size(ask::<4096>) - size(ask::<256>), 4096 - 256);
    }
}
