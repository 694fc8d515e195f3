//! The approach without any concurrency: one thing after another. Every other approach is
//! measured against it.

use std::net::TcpListener;
use std::ops::Range;
use std::path::PathBuf;

use crate::approach::Approach;
use crate::blocking::{self, Conversations};
use crate::chain::{self, Digest};
use crate::error::Result;
use crate::files::WordCounts;
use crate::http::{Reply, Request};
use crate::orders::{self, Totals};
use crate::primes;
use crate::service::Service;
use crate::stop::Stop;

/// One thing after another, on the caller's thread.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sequential;

impl Approach for Sequential {
    fn name(&self) -> &'static str {
        "sequential"
    }

    fn in_flight(&self, requests: usize) -> usize {
        requests.min(1)
    }

    fn chain(&self, links: u64) -> Result<Digest> {
        chain::run(links)
    }

    fn primes(&self, ranges: &[Range<u64>]) -> Result<u64> {
        Ok(ranges.iter().cloned().map(primes::count).sum())
    }

    fn fetch(&self, service: &Service, requests: &[Request]) -> Result<Vec<Reply>> {
        requests.iter().map(|request| blocking::get(service.address(), request)).collect()
    }

    fn orders(&self, service: &Service, pages: Range<u32>) -> Result<Totals> {
        orders::check(&pages)?;
        let mut totals = Totals::default();
        for page in pages {
            totals.add(page, &blocking::get(service.address(), &orders::request(page))?)?;
        }
        Ok(totals)
    }

    fn files(&self, paths: &[PathBuf]) -> Result<WordCounts> {
        let mut counts = WordCounts::default();
        paths.iter().for_each(|path| blocking::count_file(&mut counts, path));
        Ok(counts)
    }

    /// One client at a time: the others wait in the listener's queue until it has left.
    fn serve(&self, listener: TcpListener, stop: &Stop) -> Result<()> {
        let conversations = Conversations::until(stop);
        blocking::accept(&listener, stop, |client| conversations.hold(client, stop))
    }
}
