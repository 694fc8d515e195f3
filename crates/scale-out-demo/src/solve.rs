//! This chapter's way to solve the problems: read it next to the pool of processes
//! (`crates/multiprocess-demo/src/solve.rs`). There the workers are children that one process feeds;
//! here they are strangers who ask a broker for work, and may be anywhere that can reach it.

use std::net::TcpListener;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use workloads::chain::{self, Digest};
use workloads::files::WordCounts;
use workloads::http::{Reply, Request};
use workloads::orders::{self, Totals};
use workloads::{Approach, Error, Result, Service, Stop};

use crate::broker::Broker;
use crate::crew::Crew;
use crate::job::{Answer, Job};
use crate::queue::Queue;
use crate::roles::Program;
use crate::trouble;

/// How many worker processes there are, and how many jobs each does at once.
const WORKERS: usize = 4;
const AT_ONCE: usize = 4;

/// Into how many jobs numbers and files are cut for each worker: a trip through the queue costs about a
/// millisecond, so a job should be worth many.
const PIECES: usize = 4;

/// How long to wait for answers before looking whether the workers live.
const LOOK_AFTER: Duration = Duration::from_secs(5);

/// Workers that a queue feeds, one caller at a time.
pub struct ScaleOut(Mutex<(Queue, Crew)>);

impl ScaleOut {
    /// Starts four workers at this broker, each of which does four jobs at once.
    ///
    /// # Errors
    /// If the broker or the workers can't be had.
    pub fn new(program: &Program, broker: &Broker) -> trouble::Result<ScaleOut> {
        let queue = Queue::open(broker)?;
        Ok(ScaleOut(Mutex::new((queue, Crew::with(program, broker, WORKERS, AT_ONCE)?))))
    }

    /// What came of each job, in the order of the jobs.
    fn all(&self, jobs: impl IntoIterator<Item = Job>) -> Result<Vec<Answer>> {
        let (queue, crew) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ids = queue.push(jobs)?;
        let ends = loop {
            if let Some(ends) = queue.wait_at_most(&ids, LOOK_AFTER)? {
                break ends;
            }
            if crew.alive() == 0 {
                return Err(Error::Remote("every worker has ended, and jobs are left".into()));
            }
        };
        ends.into_iter().map(|end| Ok(end.map_err(Error::Remote)?.answer)).collect()
    }
}

impl Approach for ScaleOut {
    fn name(&self) -> &'static str {
        "scale out"
    }

    fn in_flight(&self, requests: usize) -> usize {
        requests.min(WORKERS * AT_ONCE)
    }

    fn chain(&self, links: u64) -> Result<Digest> {
        // What is wrong with the question is said here; it needn't travel.
        chain::start(links)?;
        // One job: each link needs the one before it, wherever it is computed.
        let ends = self.all([Job::Chain(links)])?.into_iter().map(number);
        Ok(Digest(ends.sum::<Result<u64>>()?))
    }

    fn primes(&self, ranges: &[Range<u64>]) -> Result<u64> {
        let pieces = ranges.chunks(chunk(ranges.len()));
        self.all(pieces.map(|piece| Job::Primes(piece.to_vec())))?.into_iter().map(number).sum()
    }

    fn fetch(&self, service: &Service, requests: &[Request]) -> Result<Vec<Reply>> {
        let ask = |ask: &Request| Job::Fetch(service.address(), ask.target.clone(), ask.keep_alive);
        let reply = |answer| match answer {
            Answer::Reply(status, body) => Ok(Reply { status, body: body.bytes() }),
            other => Err(not_an_answer(other)),
        };
        self.all(requests.iter().map(ask))?.into_iter().map(reply).collect()
    }

    fn orders(&self, service: &Service, pages: Range<u32>) -> Result<Totals> {
        orders::check(&pages)?;
        let sold = |answer| match answer {
            Answer::Sold(products) => Ok(Totals { products }),
            other => Err(not_an_answer(other)),
        };
        let jobs = pages.map(|page| Job::Orders(service.address(), page));
        self.all(jobs)?.into_iter().map(sold).collect()
    }

    fn files(&self, paths: &[PathBuf]) -> Result<WordCounts> {
        let lists = paths.chunks(chunk(paths.len()));
        let jobs = lists.map(|list| Job::words(list.iter().map(Path::new)));
        let mut counts = WordCounts::default();
        for answer in self.all(jobs)? {
            match answer {
                Answer::Words(words, files, skipped) => {
                    counts.merge(Answer::to_counts(words, files, skipped));
                }
                other => return Err(not_an_answer(other)),
            }
        }
        Ok(counts)
    }

    fn serve(&self, _listener: TcpListener, _stop: &Stop) -> Result<()> {
        Err(Error::Refused(
            "a queue is for work that nobody waits for: a client at a socket wants its answer now, and \
             a listener can't be sent to another machine. That is what a load balancer before several \
             servers is for",
        ))
    }
}

fn number(answer: Answer) -> Result<u64> {
    match answer {
        Answer::Number(number) => Ok(number),
        other => Err(not_an_answer(other)),
    }
}

/// What the worker had to say instead.
fn not_an_answer(answer: Answer) -> Error {
    match answer {
        Answer::Wrong(why) => Error::Remote(why),
        other => Error::Remote(format!("an answer to another question: {other:?}")),
    }
}

/// How many items make a job.
fn chunk(items: usize) -> usize {
    items.div_ceil(WORKERS * PIECES).max(1)
}
