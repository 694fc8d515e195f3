//! A green thread for each task. Read it beside `crates/threading-demo/src/solve/threads.rs`: calls
//! that wait look the same, and functions have no colour.

use std::cell::Cell;
use std::ops::Range;
use std::path::PathBuf;
use std::rc::Rc;

use workloads::chain::{self, Digest};
use workloads::files::WordCounts;
use workloads::http::{Reply, Request};
use workloads::orders::{self, Totals};
use workloads::serve::Job;
use workloads::{Approach, Error, Result, Service, primes};

use crate::blocking::{self, Conversations};
use crate::green::net::TcpListener;
use crate::green::{self, Failed, channel};
use crate::stop::Stop;

/// A green thread for each task, all on one thread of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct GreenThreads;

/// How many tasks there are at once at most: each that waits has a socket, and of those a process
/// may not have any number.
const MOST: usize = 10_000;

/// How many numbers are looked at before the others have their turn: some tenths of a millisecond.
const PIECE: u64 = 1_000;

impl From<Failed> for Error {
    fn from(why: Failed) -> Error {
        match why {
            Failed::Panicked(panic) => Error::panicked(panic),
            Failed::Cancelled => Error::Refused("the green thread was cancelled"),
            Failed::Overflowed => Error::Refused("the green thread has overflowed its stack"),
        }
    }
}

/// Runs each task on a green thread of its own; the results are in the order of the tasks.
fn each<T: Clone + 'static, R: 'static>(
    tasks: &[T],
    run: impl Fn(&T) -> Result<R> + 'static,
) -> Result<Vec<R>> {
    let run = Rc::new(run);
    let start = |task: &T| {
        // Nothing may be borrowed: whoever waits could be cancelled, and its stack given to another.
        let (task, run) = (task.clone(), Rc::clone(&run));
        green::try_spawn(move || run(&task))
    };
    let all = || {
        let mut results = Vec::with_capacity(tasks.len());
        for tasks in tasks.chunks(MOST) {
            let threads: Vec<_> = tasks.iter().map(start).collect();
            // Every thread is joined before the first error is looked at: none is left behind.
            results.extend(threads.into_iter().map(|thread| {
                thread.map_err(Error::io("starting a green thread"))?.join().map_err(Error::from)?
            }));
        }
        results.into_iter().collect()
    };
    green::run(all).map_err(Error::io("starting a scheduler"))?
}

impl Approach for GreenThreads {
    fn name(&self) -> &'static str {
        "green threads"
    }

    fn in_flight(&self, requests: usize) -> usize {
        requests.min(MOST)
    }

    fn chain(&self, links: u64) -> Result<Digest> {
        let ends = each(&[links], |&links| chain::run(links))?;
        Ok(ends[0])
    }

    /// One after another: there is nothing to wait for, and one thread of the operating system.
    fn primes(&self, ranges: &[Range<u64>]) -> Result<u64> {
        let counts = each(ranges, |range| Ok(primes::count(range.clone())))?;
        Ok(counts.iter().sum())
    }

    fn fetch(&self, service: &Service, requests: &[Request]) -> Result<Vec<Reply>> {
        let address = service.address();
        each(requests, move |request| blocking::get(address, request))
    }

    fn orders(&self, service: &Service, pages: Range<u32>) -> Result<Totals> {
        orders::check(&pages)?;
        let address = service.address();
        let totals = each(&Vec::from_iter(pages), move |&page| {
            let mut totals = Totals::default();
            totals.add(page, &blocking::get(address, &orders::request(page))?)?;
            Ok(totals)
        })?;
        Ok(totals.into_iter().collect())
    }

    /// To read a file blocks, on every system, and meanwhile nobody else runs: gevent has threads of
    /// the operating system for it. Here nobody else wants to.
    fn files(&self, paths: &[PathBuf]) -> Result<WordCounts> {
        let counts = each(paths, |path| {
            let mut counts = WordCounts::default();
            blocking::count_file(&mut counts, path);
            Ok(counts)
        })?;
        Ok(counts.into_iter().collect())
    }

    fn serve(&self, listener: std::net::TcpListener, stop: &workloads::Stop) -> Result<()> {
        serve(listener, stop, in_pieces)
    }
}

/// Serves, and has `compute` do what is expensive.
pub(crate) fn serve(
    listener: std::net::TcpListener,
    stop: &workloads::Stop,
    compute: fn(Job) -> Reply,
) -> Result<()> {
    let serving = || {
        let listener = TcpListener::from_std(listener).map_err(Error::io("waiting for clients"))?;
        let stop = Stop::new(stop).map_err(Error::io("a bell for the stop"))?;
        let conversations = Conversations::until(&stop);
        let talking = Rc::new(Cell::new(0));
        // Nothing is ever sent through it: it ends with the last conversation.
        let (talk_on, silence) = channel::<()>(1);
        blocking::accept(&listener, &stop, |client| {
            // Where no thread is to be had, the client is dropped, and so turned away.
            if talking.get() >= MOST {
                return;
            }
            let one_more = OneMore::new(&talking);
            let (conversations, stop, talk_on) =
                (conversations.clone(), stop.clone(), talk_on.clone());
            let talk = move || {
                let converse = |client: &_| blocking::converse(client, compute);
                conversations.hold_by(client, &stop, converse);
                drop((one_more, talk_on));
            };
            // If there is no memory for another, the client is turned away as well.
            let _ = green::try_spawn(talk);
        })?;
        drop((listener, talk_on));
        silence.recv();
        Ok(())
    };
    green::run(serving).map_err(Error::io("starting a scheduler"))?
}

/// Computes a piece at a time. No green thread is made to give way: one that computes has to offer.
fn in_pieces(job: Job) -> Reply {
    let Range { mut start, end } = job.numbers();
    let mut primes = 0;
    while start < end {
        let piece = start..end.min(start + PIECE);
        start = piece.end;
        primes += primes::count(piece);
        green::yield_now();
    }
    job.reply(primes)
}

/// Counts one more for as long as it lives.
struct OneMore(Rc<Cell<usize>>);

impl OneMore {
    fn new(count: &Rc<Cell<usize>>) -> OneMore {
        count.set(count.get() + 1);
        OneMore(Rc::clone(count))
    }
}

impl Drop for OneMore {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}
