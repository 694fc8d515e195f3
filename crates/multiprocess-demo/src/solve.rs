//! This chapter's way to solve the problems: read it next to the pool of threads
//! (`crates/threading-demo/src/solve/pool.rs`). Where a thread is given a closure and borrows what it
//! needs, a process is told a name, and what it needs is sent.

use std::net::TcpListener;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use workloads::chain::{self, Digest};
use workloads::files::WordCounts;
use workloads::http::{Reply, Request};
use workloads::orders::{self, Totals};
use workloads::{Approach, Error, Result, Service, Stop};

use crate::Function;
use crate::bytes::Bytes;
use crate::jobs::REPERTOIRE;
use crate::jobs::problems::{self, CHAIN, FETCH, ORDERS, PRIMES, WORDS, remote};
use crate::pool::{Failure, How, Options, Pool, Terms};
use crate::prefork::{self, Servers};

/// How many processes wait, unless said otherwise. A waiting process costs no processor, as a
/// waiting thread; but it costs more memory, so there are fewer.
const WAITING: usize = 16;

/// Into how many pieces numbers are cut for each worker: not one, because they are of uneven cost;
/// and not as many as there are ranges, because each is a message there and one back.
const PIECES: usize = 16;

/// Into how many lists files are cut for each worker. Each list sends all its words, and most of them
/// are in the other lists too: so as few as still let one worker help out another.
pub(crate) const LISTS: usize = 2;

/// Two pools: who waits should not keep a core from who computes. One caller at a time.
pub struct Processes {
    computing: Mutex<Pool>,
    waiting: Mutex<Pool>,
    computers: usize,
    servers: Servers,
}

impl Processes {
    /// As many processes as cores for computing, and 16 for waiting.
    ///
    /// # Errors
    /// If there are not so many processes to be had.
    pub fn new() -> Result<Processes> {
        Processes::with(Options::workers(cores()), WAITING)
    }

    /// So many processes for computing, and `waiting` for waiting, all of them started here: a fork
    /// must come before there are threads.
    ///
    /// # Errors
    /// If there are not so many processes to be had, or not in this way.
    pub fn with(computing: Options, waiting: usize) -> Result<Processes> {
        let servers = Servers {
            program: computing.program.clone(),
            ..Servers::started_by(computing.method, waiting)
        };
        let pool = |options| Pool::new(REPERTOIRE, options).map_err(Error::io("starting a pool"));
        Ok(Processes {
            computers: computing.workers,
            waiting: Mutex::new(pool(Options { workers: waiting, ..computing.clone() })?),
            computing: Mutex::new(pool(computing)?),
            servers,
        })
    }
}

/// What the function makes of each item, in the order of the items.
fn map<A: Serialize, R: DeserializeOwned>(
    pool: &Mutex<Pool>,
    chunk: usize,
    function: &Function<A, R>,
    items: impl IntoIterator<Item = A>,
) -> Result<Vec<R>> {
    // What a panic has left half done, the next call of the pool sweeps away.
    let mut pool = pool.lock().unwrap_or_else(PoisonError::into_inner);
    pool.map(Terms { chunk, ..Terms::default() }, function, items).map_err(failed)
}

fn failed(failure: Failure) -> Error {
    match failure.how {
        How::Panicked(said) => Error::Panicked(said),
        _ => Error::Remote(failure.to_string()),
    }
}

impl Approach for Processes {
    fn name(&self) -> &'static str {
        "processes"
    }

    fn in_flight(&self, requests: usize) -> usize {
        requests.min(self.servers.number)
    }

    fn chain(&self, links: u64) -> Result<Digest> {
        // What is wrong with the question is said here; it needn't travel.
        chain::start(links)?;
        let mut ends = map(&self.computing, 1, &CHAIN, [links])?.into_iter().map(remote);
        ends.next().expect("an end for each chain").map(Digest)
    }

    fn primes(&self, ranges: &[Range<u64>]) -> Result<u64> {
        let chunk = chunk(ranges.len(), self.computers * PIECES);
        let counts = map(&self.computing, chunk, &PRIMES, ranges.iter().cloned())?;
        Ok(counts.iter().sum())
    }

    fn fetch(&self, service: &Service, requests: &[Request]) -> Result<Vec<Reply>> {
        let address = service.address();
        let asked = requests.iter().map(|ask| (address, ask.target.clone(), ask.keep_alive));
        let replies = map(&self.waiting, 1, &FETCH, asked)?;
        replies.into_iter().map(|told| remote(told).map(problems::reply)).collect()
    }

    fn orders(&self, service: &Service, pages: Range<u32>) -> Result<Totals> {
        orders::check(&pages)?;
        let address = service.address();
        let sold = map(&self.waiting, 1, &ORDERS, pages.map(|page| (address, page)))?;
        sold.into_iter().map(|told| remote(told).map(|products| Totals { products })).collect()
    }

    fn files(&self, paths: &[PathBuf]) -> Result<WordCounts> {
        // One item is a list of files, so that one answer is the words of them all.
        let lists = paths.chunks(chunk(paths.len(), self.computers * LISTS));
        let lists = lists.map(|list| list.iter().map(|path| Bytes::from(path.as_path())).collect());
        let counts = map(&self.computing, 1, &WORDS, lists)?;
        Ok(counts.into_iter().map(problems::words).collect())
    }

    fn serve(&self, listener: TcpListener, stop: &Stop) -> Result<()> {
        prefork::serve(&listener, stop, &self.servers, &mut |_| {})
    }
}

/// How many items make a piece, if so many are cut into so many pieces.
pub(crate) fn chunk(items: usize, pieces: usize) -> usize {
    items.div_ceil(pieces.max(1)).max(1)
}

/// How many cores this process may use.
#[must_use]
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
