//! The hand-written pool: as many threads as cores for computing, more of them for waiting.

use std::net::TcpListener;
use std::ops::Range;
use std::path::PathBuf;

use workloads::blocking::{self, Conversations};
use workloads::chain::{self, Digest};
use workloads::files::WordCounts;
use workloads::http::{Reply, Request};
use workloads::orders::{self, Totals};
use workloads::{Approach, Error, Result, Service, Stop, primes};

use crate::Pool;

/// How many threads wait, unless said otherwise: a waiting thread costs memory and no processor,
/// so there may be more of them than cores.
const WAITING: usize = 64;

/// Two pools: who waits should not keep a core from who computes.
pub struct Pooled {
    computing: Pool,
    waiting: Pool,
}

impl Pooled {
    /// As many threads as cores for computing, and 64 for waiting.
    ///
    /// # Errors
    /// If there are not so many threads to be had.
    pub fn new() -> Result<Pooled> {
        Pooled::with(super::cores(), WAITING)
    }

    /// So many threads for computing, and so many for waiting.
    ///
    /// # Errors
    /// If there are not so many threads to be had.
    pub fn with(computing: usize, waiting: usize) -> Result<Pooled> {
        let pool = |threads| Pool::new(threads).map_err(Error::io("starting a pool"));
        Ok(Pooled { computing: pool(computing)?, waiting: pool(waiting)? })
    }
}

impl Approach for Pooled {
    fn name(&self) -> &'static str {
        "pool"
    }

    fn in_flight(&self, requests: usize) -> usize {
        requests.min(self.waiting.threads())
    }

    fn chain(&self, links: u64) -> Result<Digest> {
        self.computing.spawn(move || chain::run(links)).join().map_err(Error::panicked)?
    }

    fn primes(&self, ranges: &[Range<u64>]) -> Result<u64> {
        let counts = self.computing.share(ranges.len(), |claims| {
            claims.map(|range| primes::count(ranges[range].clone())).sum::<u64>()
        });
        Ok(counts.iter().sum())
    }

    fn fetch(&self, service: &Service, requests: &[Request]) -> Result<Vec<Reply>> {
        let replies =
            self.waiting.map(requests, |request| blocking::get(service.address(), request));
        replies.into_iter().collect()
    }

    fn orders(&self, service: &Service, pages: Range<u32>) -> Result<Totals> {
        orders::check(&pages)?;
        let pages = Vec::from_iter(pages);
        let totals = self.waiting.share(pages.len(), |claims| {
            let mut totals = Totals::default();
            for page in claims.map(|claim| pages[claim]) {
                totals.add(page, &blocking::get(service.address(), &orders::request(page))?)?;
            }
            Ok(totals)
        });
        totals.into_iter().collect()
    }

    fn files(&self, paths: &[PathBuf]) -> Result<WordCounts> {
        let counts = self.computing.share(paths.len(), |claims| {
            let mut counts = WordCounts::default();
            claims.for_each(|claim| blocking::count_file(&mut counts, &paths[claim]));
            counts
        });
        Ok(counts.into_iter().collect())
    }

    fn serve(&self, listener: TcpListener, stop: &Stop) -> Result<()> {
        let conversations = Conversations::until(stop);
        // A server's own pool: dropped at the end, it waits for the last conversation.
        let pool = Pool::new(self.waiting.threads()).map_err(Error::io("starting a pool"))?;
        blocking::accept(&listener, stop, |client| {
            let (conversations, stop) = (conversations.clone(), stop.clone());
            pool.spawn(move || conversations.hold(client, &stop));
        })
    }
}
