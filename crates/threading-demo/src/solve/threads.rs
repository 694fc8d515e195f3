//! A thread for each task: the simplest thing that works, until there are too many tasks.

use std::net::TcpListener;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;

use workloads::blocking::{self, Conversations};
use workloads::chain::{self, Digest};
use workloads::error::within;
use workloads::files::WordCounts;
use workloads::http::{Reply, Request};
use workloads::orders::{self, Totals};
use workloads::{Approach, Error, Result, Service, Stop, primes};

/// A thread for each task.
#[derive(Debug, Clone, Copy, Default)]
pub struct Threads;

/// How many threads there may be at once. Linux lets a process have 65,530 memory mappings
/// (`vm.max_map_count`), and a thread takes four: its stack, the stack on which an overflow of
/// that is reported, and a guard page at the end of each. A thread that starts and finds none left
/// for the second pair ends the whole process, so a program must stop asking before that.
const MOST: u64 = 10_000;

/// Runs each task on a thread of its own; the results are in the order of the tasks.
fn each<T: Sync, R: Send>(tasks: &[T], run: impl Fn(&T) -> Result<R> + Sync) -> Result<Vec<R>> {
    within("tasks with a thread each", tasks.len() as u64, 0..=MOST)?;
    let run = &run;
    thread::scope(|scope| {
        let start = |task| thread::Builder::new().spawn_scoped(scope, move || run(task));
        let threads: Vec<_> = tasks.iter().map(start).collect();
        // Every thread is joined before the first error is looked at: none is left behind.
        let results: Vec<_> = threads
            .into_iter()
            .map(|thread| {
                thread.map_err(Error::io("starting a thread"))?.join().map_err(Error::panicked)?
            })
            .collect();
        results.into_iter().collect()
    })
}

impl Approach for Threads {
    fn name(&self) -> &'static str {
        "threads"
    }

    fn in_flight(&self, requests: usize) -> usize {
        requests
    }

    fn chain(&self, links: u64) -> Result<Digest> {
        let ends = each(&[links], |&links| chain::run(links))?;
        Ok(ends[0])
    }

    fn primes(&self, ranges: &[Range<u64>]) -> Result<u64> {
        let counts = each(ranges, |range| Ok(primes::count(range.clone())))?;
        Ok(counts.iter().sum())
    }

    fn fetch(&self, service: &Service, requests: &[Request]) -> Result<Vec<Reply>> {
        each(requests, |request| blocking::get(service.address(), request))
    }

    fn orders(&self, service: &Service, pages: Range<u32>) -> Result<Totals> {
        orders::check(&pages)?;
        let totals = each(&Vec::from_iter(pages), |&page| {
            let mut totals = Totals::default();
            totals.add(page, &blocking::get(service.address(), &orders::request(page))?)?;
            Ok(totals)
        })?;
        Ok(totals.into_iter().collect())
    }

    fn files(&self, paths: &[PathBuf]) -> Result<WordCounts> {
        let counts = each(paths, |path| {
            let mut counts = WordCounts::default();
            blocking::count_file(&mut counts, path);
            Ok(counts)
        })?;
        Ok(counts.into_iter().collect())
    }

    fn serve(&self, listener: TcpListener, stop: &Stop) -> Result<()> {
        let conversations = &Conversations::until(stop);
        let talking = &AtomicU64::new(0);
        thread::scope(|scope| {
            blocking::accept(&listener, stop, |client| {
                // Where no thread is to be had, the client is dropped, and so turned away.
                if talking.fetch_add(1, Relaxed) >= MOST {
                    talking.fetch_sub(1, Relaxed);
                    return;
                }
                let talk = move || {
                    conversations.hold(client, stop);
                    talking.fetch_sub(1, Relaxed);
                };
                if thread::Builder::new().spawn_scoped(scope, talk).is_err() {
                    talking.fetch_sub(1, Relaxed);
                }
            })
        })
    }
}
