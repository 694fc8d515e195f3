//! A thread for each task, and one lock for all of them: only who holds it computes. Who waits for
//! something else than the lock does so without it.

use std::convert::Infallible;
use std::io::{self, Write};
use std::marker::PhantomData;
use std::net::{TcpListener, TcpStream};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::mpsc;
use std::thread::{self, ScopedJoinHandle};
use std::time::Instant;

use workloads::blocking::{self, Conversations};
use workloads::chain::{self, Digest};
use workloads::error::within;
use workloads::files::WordCounts;
use workloads::http::{Reply, Request};
use workloads::orders::{self, Totals};
use workloads::serve::{Connection, Step};
use workloads::{Approach, Error, Result, Service, Stop, primes};

use super::Attached;
use crate::lock::GlobalLock;
use crate::thread::ThreadState;

/// A thread for each task, of which one at a time computes. Each call has a lock of its own, as
/// each run of a Python program has.
#[derive(Debug, Clone, Copy)]
pub struct Threads<L> {
    name: &'static str,
    lock: PhantomData<fn() -> L>,
}

/// How many threads there may be at once; `threading-demo` says why no more.
const MOST: u64 = 10_000;

impl<L: GlobalLock + Default> Threads<L> {
    /// Threads under this kind of lock, called so in tables.
    #[must_use]
    pub const fn called(name: &'static str) -> Threads<L> {
        Threads { name, lock: PhantomData }
    }

    /// Runs each task on a thread of its own; the results are in the order of the tasks.
    ///
    /// The thread that starts the others belongs to the interpreter too. As in Python's
    /// `Thread.start`, it waits outside until the new thread has had the lock, and then for the lock
    /// itself. So short tasks end about as fast as they are started, and do not all want the lock at
    /// once.
    fn each<T: Sync, R: Send>(
        tasks: &[T],
        run: impl Fn(&mut Attached<'_, L>, &T) -> Result<R> + Sync,
    ) -> Result<Vec<R>> {
        within("tasks with a thread each", tasks.len() as u64, 0..=MOST)?;
        let (lock, run) = (&L::default(), &run);
        thread::scope(|scope| {
            let mut starter = Attached::new(lock, ThreadState::new(1));
            let start = |(number, task)| {
                let (started, is_started) = mpsc::channel::<Infallible>();
                let run = move || {
                    let mut gil = Attached::new(lock, ThreadState::new(number));
                    drop(started);
                    run(&mut gil, task)
                };
                let thread = thread::Builder::new().spawn_scoped(scope, run);
                // What it waits for is that the other end is gone: by the thread, or with it.
                let _ = starter.outside(|| is_started.recv());
                thread
            };
            let threads: Vec<_> = (2..).zip(tasks).map(start).collect();
            // Every thread is joined before the first error is looked at: none is left behind.
            let join = |thread: io::Result<ScopedJoinHandle<'_, _>>| {
                thread.map_err(Error::io("starting a thread"))?.join().map_err(Error::panicked)?
            };
            let results: Vec<_> = starter.outside(|| threads.into_iter().map(join).collect());
            results.into_iter().collect()
        })
    }
}

/// So many links of a chain are computed between two checks, and so many numbers tested: a
/// microsecond's work or less. A loop in Python looks each time round; but what Python does in a
/// turn takes longer than a link, which is some ten instructions, and to which a look each would
/// add a quarter.
const STEP: usize = 64;

/// So many bytes of a text, which is some microseconds' work too.
const PART: usize = 1024;

/// The primes in a range, counted by a thread that checks in.
fn count<L: GlobalLock>(gil: &mut Attached<'_, L>, range: Range<u64>) -> u64 {
    let mut count = 0;
    for from in range.clone().step_by(STEP) {
        count += primes::count(from..range.end.min(from + STEP as u64));
        gil.check();
    }
    count
}

/// The words of a file, counted by a thread that checks in.
fn count_words<L: GlobalLock>(gil: &mut Attached<'_, L>, counts: &mut WordCounts, text: &[u8]) {
    let mut rest = text;
    while !rest.is_empty() {
        // A part ends where a word does.
        let least = PART.min(rest.len());
        let letters = rest[least..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (part, next) = rest.split_at(least + letters);
        counts.count_part(part);
        gil.check();
        rest = next;
    }
    counts.files += 1;
}

impl<L: GlobalLock + Default> Approach for Threads<L> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn in_flight(&self, requests: usize) -> usize {
        requests
    }

    fn chain(&self, links: u64) -> Result<Digest> {
        let ends = Self::each(&[links], |gil, &links| {
            let mut state = chain::start(links)?;
            for done in (0..links).step_by(STEP) {
                state = chain::go_on(state, (links - done).min(STEP as u64));
                gil.check();
            }
            Ok(state)
        })?;
        Ok(ends[0])
    }

    fn primes(&self, ranges: &[Range<u64>]) -> Result<u64> {
        let counts = Self::each(ranges, |gil, range| Ok(count(gil, range.clone())))?;
        Ok(counts.iter().sum())
    }

    fn fetch(&self, service: &Service, requests: &[Request]) -> Result<Vec<Reply>> {
        Self::each(requests, |gil, request| {
            gil.outside(|| blocking::get(service.address(), request))
        })
    }

    fn orders(&self, service: &Service, pages: Range<u32>) -> Result<Totals> {
        orders::check(&pages)?;
        let totals = Self::each(&Vec::from_iter(pages), |gil, &page| {
            let mut totals = Totals::default();
            let request = orders::request(page);
            let reply = gil.outside(|| blocking::get(service.address(), &request))?;
            // One native call, as `json.loads` is: it neither lets go of the lock nor checks in.
            totals.add(page, &reply)?;
            Ok(totals)
        })?;
        Ok(totals.into_iter().collect())
    }

    fn files(&self, paths: &[PathBuf]) -> Result<WordCounts> {
        let counts = Self::each(paths, |gil, path| {
            let mut counts = WordCounts::default();
            match gil.outside(|| blocking::read_file(path)) {
                Ok(content) => count_words(gil, &mut counts, &content),
                Err(why) => counts.skip(path, &why),
            }
            Ok(counts)
        })?;
        Ok(counts.into_iter().collect())
    }

    fn serve(&self, listener: TcpListener, stop: &Stop) -> Result<()> {
        let conversations = &Conversations::until(stop);
        let talking = &AtomicU64::new(0);
        let (lock, number) = (&L::default(), &AtomicU32::new(0));
        // The acceptor has nothing to compute, so it stays outside.
        thread::scope(|scope| {
            blocking::accept(&listener, stop, |client| {
                // Where no thread is to be had, the client is dropped, and so turned away.
                if talking.fetch_add(1, Relaxed) >= MOST {
                    talking.fetch_sub(1, Relaxed);
                    return;
                }
                let talk = move || {
                    let me = ThreadState::new(number.fetch_add(1, Relaxed) + 1);
                    let gil = &mut Attached::new(lock, me);
                    conversations.hold_by(client, stop, |client| converse(gil, client));
                    talking.fetch_sub(1, Relaxed);
                };
                if thread::Builder::new().spawn_scoped(scope, talk).is_err() {
                    talking.fetch_sub(1, Relaxed);
                }
            })
        })
    }
}

/// Talks with one client. Questions are understood and answers computed under the lock; the client
/// is waited for without it.
fn converse<L: GlobalLock>(gil: &mut Attached<'_, L>, mut client: &TcpStream) -> io::Result<()> {
    let mut connection = Connection::new(Instant::now());
    let mut buffer = [0; 4 * 1024];
    loop {
        gil.check();
        match connection.step(Instant::now()) {
            Step::Read { until } => {
                let read = gil.outside(|| blocking::read_until(client, &mut buffer, until))?;
                connection.received(&buffer[..read]);
            }
            Step::Write(bytes) => gil.outside(|| client.write_all(&bytes))?,
            Step::Compute(job) => connection.computed(&job.reply(count(gil, job.numbers()))),
            Step::Close => return Ok(()),
        }
    }
}
