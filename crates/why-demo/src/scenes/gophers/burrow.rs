//! Who does what: fetchers, readers, an adder, and the channels between them.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use stage::{Lane, Recorder};
use workloads::http::Reply;
use workloads::orders::{self, Totals};
use workloads::{Error, Result, Service, blocking};

/// How many of each there are; of adders, one.
#[derive(Debug, Clone, Copy)]
pub struct Design {
    /// They take a page's number off the pile and fetch it.
    pub fetchers: usize,
    /// They parse what was fetched.
    pub readers: usize,
}

/// Adds up so many pages by this design.
///
/// # Errors
/// The first that went wrong: a gopher who finds it hands it on as what he found.
pub fn run(design: Design, service: &Service, pages: u32, recorder: &Recorder) -> Result<Totals> {
    let pile = &AtomicU32::new(0);
    let (fetched, to_read) = channel();
    let (read, to_add) = channel();
    let to_read = &Mutex::new(to_read);
    thread::scope(|scope| {
        for number in 1..=design.fetchers {
            let (fetched, lane) = (fetched.clone(), recorder.lane(format!("fetcher {number}")));
            let gopher = move || fetch(service, pile, pages, &fetched, lane);
            start(thread::Builder::new().spawn_scoped(scope, gopher))?;
        }
        for number in 1..=design.readers {
            let (read, lane) = (read.clone(), recorder.lane(format!("reader {number}")));
            let gopher = move || parse(to_read, &read, lane);
            start(thread::Builder::new().spawn_scoped(scope, gopher))?;
        }
        // Of each channel the last sender must go for its receivers to see an end.
        drop((fetched, read));
        add(&to_add, recorder.lane("the adder"))
    })
}

fn start<T>(thread: std::io::Result<T>) -> Result<()> {
    thread.map(drop).map_err(Error::io("starting a gopher"))
}

type Fetched = (u32, Result<Reply>);

fn fetch(service: &Service, pile: &AtomicU32, pages: u32, to: &Sender<Fetched>, mut lane: Lane) {
    loop {
        let page = pile.fetch_add(1, Relaxed);
        if page >= pages {
            return;
        }
        lane.now_with("waiting", page as usize);
        let reply = blocking::get(service.address(), &orders::request(page));
        lane.idle();
        // If nobody reads any more, something has gone wrong that is told elsewhere.
        if to.send((page, reply)).is_err() {
            return;
        }
    }
}

fn parse(from: &Mutex<Receiver<Fetched>>, to: &Sender<Result<Totals>>, mut lane: Lane) {
    loop {
        let next = from.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((page, reply)) = next else { return };
        lane.now("computing");
        let mut totals = Totals::default();
        let read = reply.and_then(|reply| totals.add(page, &reply));
        lane.idle();
        if to.send(read.map(|()| totals)).is_err() {
            return;
        }
    }
}

fn add(from: &Receiver<Result<Totals>>, mut lane: Lane) -> Result<Totals> {
    from.iter().try_fold(Totals::default(), |mut sum, totals| {
        lane.now("computing");
        sum.merge(totals?);
        lane.idle();
        Ok(sum)
    })
}
