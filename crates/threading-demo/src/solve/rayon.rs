//! rayon: the library that production code would take for computing. Its pool has a thread a
//! core, and idle threads steal from busy ones.

use std::net::TcpListener;
use std::ops::Range;
use std::path::PathBuf;

use rayon::prelude::*;
use workloads::blocking;
use workloads::chain::{self, Digest};
use workloads::files::WordCounts;
use workloads::http::{Reply, Request};
use workloads::orders::{self, Totals};
use workloads::{Approach, Error, Result, Service, Stop, primes};

/// rayon's global pool.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rayon;

impl Approach for Rayon {
    fn name(&self) -> &'static str {
        "rayon"
    }

    fn in_flight(&self, requests: usize) -> usize {
        requests.min(rayon::current_num_threads())
    }

    fn chain(&self, links: u64) -> Result<Digest> {
        rayon::scope(|_| chain::run(links))
    }

    fn primes(&self, ranges: &[Range<u64>]) -> Result<u64> {
        Ok(ranges.par_iter().cloned().map(primes::count).sum())
    }

    fn fetch(&self, service: &Service, requests: &[Request]) -> Result<Vec<Reply>> {
        // Left alone, rayon would put several requests into one indivisible piece, which is right
        // for computing; a thread that waits through its piece leaves others idle.
        let requests = requests.par_iter().with_max_len(1);
        requests.map(|request| blocking::get(service.address(), request)).collect()
    }

    fn orders(&self, service: &Service, pages: Range<u32>) -> Result<Totals> {
        orders::check(&pages)?;
        let add = |mut totals: Totals, page| {
            totals.add(page, &blocking::get(service.address(), &orders::request(page))?)?;
            Ok(totals)
        };
        let merge = |totals, more| Ok(Totals::from_iter([totals, more]));
        let pages = pages.into_par_iter().with_max_len(1);
        pages.try_fold(Totals::default, add).try_reduce(Totals::default, merge)
    }

    fn files(&self, paths: &[PathBuf]) -> Result<WordCounts> {
        let count = |mut counts: WordCounts, path: &PathBuf| {
            blocking::count_file(&mut counts, path);
            counts
        };
        let merge = |counts, more| WordCounts::from_iter([counts, more]);
        Ok(paths.par_iter().fold(WordCounts::default, count).reduce(WordCounts::default, merge))
    }

    fn serve(&self, _: TcpListener, _: &Stop) -> Result<()> {
        Err(Error::Refused(
            "rayon's threads are one a core, for computing: a few idle clients would hold them all",
        ))
    }
}
