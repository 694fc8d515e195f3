//! One cell of the matrix, in a process of its own: an approach solves a problem once, and the
//! answer is checked before the figures are told.
//!
//! The parent reads the figures from standard output, as one line of JSON. Where the approach
//! refuses, the line is `{"refused": "the reason"}`; where it fails, there is none, but a line
//! on standard error and exit status 1. A server says first where it listens, serves until its
//! standard input ends, and then tells its figures.

use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::ops::Range;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

use multiprocess_demo::pool::Options;
use multiprocess_demo::solve::Processes;
use serde_json::json;
use threading_demo::solve::Pooled;
use workloads::orders::Totals;
use workloads::primes::{self, PI_OF_POWERS_OF_TEN};
use workloads::{Approach, Error, Sequential, Service, Stop, chain, fetch, limits};

use crate::contestant::Contestant;
use crate::problem::{Problem, Size};
use crate::usage::Meter;
use crate::{Result, Sample, process, python, sizes};

/// How many clients a server gets, unless it can't hold so many at once.
pub(crate) const CLIENTS: usize = 8;

/// What one cell is told to do; the parent says it, so nothing of it is for the reader.
#[derive(Debug, Clone, clap::Args)]
#[expect(missing_docs, reason = "what they mean is with the `matrix` command")]
pub struct Task {
    #[arg(long)]
    pub parent: u32,
    #[arg(long)]
    pub approach: String,
    /// The interpreter, if the approach is a program in Python.
    #[arg(long)]
    pub python: Option<PathBuf>,
    #[arg(long)]
    pub problem: String,
    #[arg(long)]
    pub quick: bool,
    #[arg(long)]
    pub service: Option<SocketAddr>,
    #[arg(long)]
    pub path: Option<PathBuf>,
    #[arg(long)]
    pub workers: Option<usize>,
}

/// Runs the cell.
#[must_use]
pub fn run(task: &Task) -> ExitCode {
    process::say(match &task.python {
        None => process::be_child_of(task.parent).and_then(|()| Ok(json!(solve(task)?))),
        Some(interpreter) => python::cell::run(task, interpreter),
    })
}

fn solve(task: &Task) -> Result<Sample> {
    limits::allow_many_files();
    let contestant = Contestant::named(&task.approach).ok_or("no such approach")?;
    let size = Size::of(task.quick);
    let problem = task.problem()?;
    if let Some(workers) = task.workers {
        return match problem {
            Problem::Primes => primes_by(contestant, workers, size),
            Problem::Fetch => fetch_by(contestant, workers, size, &Service::at(task.service()?)),
            _ => Err("there is no curve of this problem".into()),
        };
    }
    let approach = contestant.build()?;
    let approach = approach.as_ref();
    // A pool's first job pays for its start, which is no part of any problem.
    approach.primes(&[0..10, 10..20])?;
    match problem {
        Problem::Chain => chain(approach, size),
        Problem::Primes => primes(approach, size),
        Problem::Fetch => fetch(approach, size, &Service::at(task.service()?)),
        Problem::Orders => orders(approach, size, &Service::at(task.service()?)),
        Problem::Files => files(approach, size, task),
        Problem::Serve => serve(approach),
    }
}

impl Task {
    pub(crate) fn problem(&self) -> Result<Problem> {
        let named = |problem: &Problem| problem.name() == self.problem;
        Ok(Problem::ALL.into_iter().find(named).ok_or("no such problem")?)
    }

    pub(crate) fn service(&self) -> Result<SocketAddr> {
        Ok(self.service.ok_or("no service to ask")?)
    }

    /// The files whose words are counted.
    pub(crate) fn files(&self, size: Size) -> Result<Vec<PathBuf>> {
        Ok(sizes::listed(self.path.as_deref(), size)?.paths)
    }
}

/// Does the work under the meter, and only then looks whether its answer is right.
fn metered<T>(
    work: impl FnOnce() -> workloads::Result<T>,
    check: impl FnOnce(T) -> Result<bool>,
) -> Result<Sample> {
    let meter = Meter::start()?;
    let answer = work();
    let sample = meter.read()?;
    match check(answer?)? {
        true => Ok(sample),
        false => Err("the answer is wrong".into()),
    }
}

fn chain(approach: &dyn Approach, size: Size) -> Result<Sample> {
    metered(|| approach.chain(size.links), |end| Ok(end == chain::run(size.links)?))
}

fn primes(approach: &dyn Approach, size: Size) -> Result<Sample> {
    let ranges = ranges(size)?;
    metered(|| approach.primes(&ranges), |n| Ok(n == PI_OF_POWERS_OF_TEN[size.primes_power]))
}

/// π counts up to and with the power, which is not prime.
fn ranges(size: Size) -> Result<Vec<Range<u64>>> {
    Ok(primes::split(10_u64.pow(size.primes_power as u32), size.ranges)?)
}

/// The [`Threads`](threading_demo::solve::Threads) have one for each range, so here each of fewer
/// gets its share of the ranges: every so-many-th, because the higher the numbers the longer it takes.
fn primes_dealt(workers: usize, size: Size) -> Result<Sample> {
    let ranges = ranges(size)?;
    let hand = |first: usize| {
        let mine = ranges.iter().skip(first).step_by(workers);
        mine.map(|range| primes::count(range.clone())).sum::<u64>()
    };
    let work = || {
        thread::scope(|scope| {
            let threads =
                Vec::from_iter((0..workers).map(|first| scope.spawn(move || hand(first))));
            let counts = threads.into_iter().map(|thread| thread.join().map_err(Error::panicked));
            counts.sum()
        })
    };
    metered(work, |n: u64| Ok(n == PI_OF_POWERS_OF_TEN[size.primes_power]))
}

/// With so many workers, among whom the ranges are dealt out or who claim them.
fn primes_by(contestant: &Contestant, workers: usize, size: Size) -> Result<Sample> {
    let approach: Box<dyn Approach> = match contestant.name {
        "threads" => return primes_dealt(workers, size),
        "pool" => Box::new(Pooled::with(workers, 1)?),
        "processes" => Box::new(Processes::with(Options::workers(workers), 1)?),
        _ => return Err("it has no number of workers".into()),
    };
    approach.primes(&[0..10, 10..20])?;
    primes(approach.as_ref(), size)
}

/// With so many requests in flight: so many are asked at a time, and the next when all are answered.
fn fetch_by(
    contestant: &Contestant,
    in_flight: usize,
    size: Size,
    service: &Service,
) -> Result<Sample> {
    let approach = contestant.build()?;
    let requests = fetch::requests(size.requests, size.think_ms)?;
    let batches = requests.chunks(in_flight.max(1));
    let work = || batches.map(|batch| approach.fetch(service, batch)).collect();
    let right =
        |replies: Vec<Vec<_>>| Ok(fetch::check(&requests, &replies.concat()).map(|()| true)?);
    metered(work, right)
}

fn fetch(approach: &dyn Approach, size: Size, service: &Service) -> Result<Sample> {
    let requests = fetch::requests(size.requests, size.think_ms)?;
    let right = |replies: Vec<_>| Ok(fetch::check(&requests, &replies).map(|()| true)?);
    let mut sample = metered(|| approach.fetch(service, &requests), right)?;
    sample.insert("promised_in_flight".into(), approach.in_flight(requests.len()) as f64);
    Ok(sample)
}

fn orders(approach: &dyn Approach, size: Size, service: &Service) -> Result<Sample> {
    let pages = 0..size.pages;
    let work = || approach.orders(service, pages.clone());
    let mut sample = metered(work, |totals| Ok(totals == Totals::known(pages.clone())))?;
    sample.insert("promised_in_flight".into(), approach.in_flight(pages.len()) as f64);
    Ok(sample)
}

fn files(approach: &dyn Approach, size: Size, task: &Task) -> Result<Sample> {
    let paths = task.files(size)?;
    metered(|| approach.files(&paths), |n| Ok(n == Sequential.files(&paths)?))
}

fn serve(approach: &dyn Approach) -> Result<Sample> {
    let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let stop = Stop::new();
    let already = Stop::new();
    already.stop();
    // Who refuses to serve says so here, before any client is sent there.
    approach.serve(listen()?, &already)?;
    let listener = listen()?;
    let address = listener.local_addr()?;
    let meter = Meter::start()?;
    thread::scope(|scope| {
        scope.spawn(|| {
            let _ = io::stdin().read_to_end(&mut Vec::new());
            stop.stop();
        });
        process::tell(
            &json!({ "address": address.to_string(), "clients": approach.in_flight(CLIENTS) }),
        )?;
        approach.serve(listener, &stop)?;
        let mut sample = meter.read()?;
        // For how long it served was the parent's choice.
        sample.remove("wall_ms");
        Ok(sample)
    })
}
