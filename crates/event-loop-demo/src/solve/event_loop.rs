//! The runtime that this chapter builds: all tasks on one thread.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::ops::Range;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use workloads::blocking::{count_file, transient};
use workloads::chain::{self, Digest};
use workloads::files::WordCounts;
use workloads::http::{Incoming, Reply, Request};
use workloads::orders::{self, Totals};
use workloads::serve::{Connection, PATIENCE, Step};
use workloads::{Approach, Error, Result, Service, Stop, primes};

use super::{FILES, MOST, REPLY_LIMIT, stopped};
use crate::runtime::channel::{Receiver, channel};
use crate::runtime::net::{TcpListener, TcpStream};
use crate::runtime::{Either, Runtime, offload, select, sleep, spawn, timeout, timeout_at};

/// All tasks on one thread, on the runtime that this chapter builds.
#[derive(Debug, Clone, Copy, Default)]
pub struct EventLoop;

/// A runtime for as long as it takes.
fn run<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    Runtime::new().map_err(Error::io("starting a runtime"))?.block_on(future)
}

/// Runs each as a task of its own; the results are in the order of the tasks.
async fn each<T, R, F>(tasks: impl IntoIterator<Item = T>, run: impl Fn(T) -> F) -> Result<Vec<R>>
where
    R: 'static,
    F: Future<Output = Result<R>> + 'static,
{
    let mut tasks = tasks.into_iter();
    let mut results = Vec::new();
    loop {
        let started: Vec<_> = tasks.by_ref().take(MOST).map(|task| spawn(run(task))).collect();
        if started.is_empty() {
            return results.into_iter().collect();
        }
        // Every task is waited for before the first error is looked at: none is left behind.
        for task in started {
            results.push(task.await.map_err(Error::from).flatten());
        }
    }
}

/// Connects, asks, waits for the reply and closes.
pub(crate) async fn get(address: SocketAddr, request: Request) -> Result<Reply> {
    let connecting = || format!("connecting to {address}");
    let asking = || format!("GET {}", request.target);
    let stream = TcpStream::connect(address).await.map_err(Error::io(connecting()))?;
    stream.write_all(&request.bytes()).await.map_err(Error::io(asking()))?;
    let mut incoming = Incoming::default();
    let mut buffer = [0; 4 * 1024];
    loop {
        let read = timeout(REPLY_LIMIT, stream.read(&mut buffer)).await;
        let read = read.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()));
        let read = read.map_err(Error::io(asking()))?;
        if let Some(reply) = incoming.received(&request, &buffer[..read])? {
            return Ok(reply);
        }
    }
}

/// Talks with one client until either side has had enough, or the stop comes while it is waited for.
async fn converse(client: TcpStream, stopping: Receiver<()>) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut connection = Connection::new(Instant::now());
    let mut buffer = [0; 4 * 1024];
    loop {
        match connection.step(Instant::now()) {
            Step::Read { until } => {
                let read = timeout_at(until, client.read(&mut buffer));
                match select(read, stopping.recv()).await {
                    Either::Left(Ok(read)) => connection.received(&buffer[..read?]),
                    // The next step closes.
                    Either::Left(Err(_elapsed)) => {}
                    Either::Right(_stop) => return Ok(()),
                }
            }
            Step::Write(bytes) => match timeout(PATIENCE, client.write_all(&bytes)).await {
                Ok(written) => written?,
                Err(_elapsed) => return Err(ErrorKind::TimedOut.into()),
            },
            // It would hold up everybody else: so it goes to another thread.
            Step::Compute(job) => match offload(move || job.run()).await {
                Ok(reply) => connection.computed(&reply),
                Err(_failed) => return Ok(()),
            },
            Step::Close => return Ok(()),
        }
    }
}

impl Approach for EventLoop {
    fn name(&self) -> &'static str {
        "event loop"
    }

    fn in_flight(&self, requests: usize) -> usize {
        requests.min(MOST)
    }

    fn chain(&self, links: u64) -> Result<Digest> {
        run(async { chain::run(links) })
    }

    /// One task after another: there is nothing to wait for, and one thread.
    fn primes(&self, ranges: &[Range<u64>]) -> Result<u64> {
        let counts = run(each(ranges.to_vec(), async |range| Ok(primes::count(range))))?;
        Ok(counts.iter().sum())
    }

    fn fetch(&self, service: &Service, requests: &[Request]) -> Result<Vec<Reply>> {
        let address = service.address();
        run(each(requests.to_vec(), move |request| get(address, request)))
    }

    fn orders(&self, service: &Service, pages: Range<u32>) -> Result<Totals> {
        orders::check(&pages)?;
        let address = service.address();
        let totals = run(each(pages, move |page| async move {
            let mut totals = Totals::default();
            totals.add(page, &get(address, orders::request(page)).await?)?;
            Ok(totals)
        }))?;
        Ok(totals.into_iter().collect())
    }

    /// To read a file blocks, and neither epoll nor kqueue can wait for it: so other threads do.
    fn files(&self, paths: &[PathBuf]) -> Result<WordCounts> {
        let lists: Vec<_> = paths.chunks(FILES).map(<[PathBuf]>::to_vec).collect();
        let counts = run(each(lists, |list| async move {
            let count = move || {
                let mut counts = WordCounts::default();
                list.iter().for_each(|path| count_file(&mut counts, path));
                counts
            };
            offload(count).await.map_err(Error::from)
        }))?;
        Ok(counts.into_iter().collect())
    }

    fn serve(&self, listener: std::net::TcpListener, stop: &Stop) -> Result<()> {
        run(async {
            let listening = || "waiting for clients";
            let listener = TcpListener::from_std(listener).map_err(Error::io(listening()))?;
            let mut stopped = spawn(stopped(stop.clone()));
            // Nothing is ever sent through these two. The first ends for all clients at once, when
            // `open` is dropped; the second when the last client's `talking` is.
            let (open, stopping) = channel(1);
            let (talking, silence) = channel::<()>(1);
            loop {
                match select(&mut stopped, listener.accept()).await {
                    Either::Left(_stop) => break,
                    Either::Right(Ok((client, _))) => {
                        let (stopping, talking) = (stopping.clone(), talking.clone());
                        spawn(async move {
                            // What goes wrong is the client's affair, and ends this conversation.
                            let _ = converse(client, stopping).await;
                            drop(talking);
                        });
                    }
                    Either::Right(Err(why)) if transient(&why) => {}
                    // Out of file descriptors, say: give those who hold some time to close them.
                    Either::Right(Err(_)) => sleep(Duration::from_millis(20)).await,
                }
            }
            drop((listener, open, talking));
            silence.recv().await;
            Ok(())
        })
    }
}
