//! The one trait that every solution implements.

use std::net::TcpListener;
use std::ops::Range;
use std::path::PathBuf;

use crate::chain::Digest;
use crate::error::Result;
use crate::files::WordCounts;
use crate::http::{Reply, Request};
use crate::orders::Totals;
use crate::service::Service;
use crate::stop::Stop;

/// A way to solve the problems: threads, a pool, processes, an event loop…
///
/// Each problem's code is in this crate and the same for all. What an approach adds is how it
/// shares the work out and how it waits. What it cannot do it refuses with
/// [`Error::Refused`](crate::Error::Refused) and the reason. [`contract`](crate::contract) is the
/// test that every approach passes.
pub trait Approach: Sync {
    /// A short name, for tables.
    fn name(&self) -> &'static str;

    /// How many of `requests` requests this approach has in flight at once: a promise that the
    /// contract checks where it can't be argued with, at the service.
    fn in_flight(&self, requests: usize) -> usize;

    /// The end of a chain of so many links.
    ///
    /// # Errors
    /// Bounds, as [`chain::run`](crate::chain::run).
    fn chain(&self, links: u64) -> Result<Digest>;

    /// How many primes lie in the ranges, which are of uneven cost.
    ///
    /// # Errors
    /// A task that panicked, or a thread that could not be had.
    fn primes(&self, ranges: &[Range<u64>]) -> Result<u64>;

    /// The replies to the requests, in the order of the requests.
    ///
    /// # Errors
    /// The first request that failed.
    fn fetch(&self, service: &Service, requests: &[Request]) -> Result<Vec<Reply>>;

    /// What was sold of each product, over all the pages.
    ///
    /// # Errors
    /// The first page that could not be had or read, by its number.
    fn orders(&self, service: &Service, pages: Range<u32>) -> Result<Totals>;

    /// The words in all the files. One that cannot be read is not an error: it is noted as
    /// skipped.
    ///
    /// # Errors
    /// A task that panicked, or a thread that could not be had.
    fn files(&self, paths: &[PathBuf]) -> Result<WordCounts>;

    /// Serves [`serve`](crate::serve) to all who connect to `listener`, until `stop`. Then it
    /// finishes the replies under way, closes every connection, and returns with nothing left
    /// behind.
    ///
    /// # Errors
    /// A listener that cannot be used at all. One bad client is no error.
    fn serve(&self, listener: TcpListener, stop: &Stop) -> Result<()>;
}
