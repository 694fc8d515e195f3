//! The monkey patch: `workloads/src/blocking.rs`, where other names are imported, and nothing else
//! is changed. Here a call returns when it is done, too; but only the green thread waits for that.
//!
//! A test compares the two files: `crates/green-threads-demo/tests/patch.rs`.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::os::fd::{AsRawFd, RawFd};
use std::path::Path;
use std::rc::Rc as Arc;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use workloads::error::{Error, Result};
use workloads::files::{LARGEST, WordCounts};
use workloads::http::{Incoming, Reply, Request};
use workloads::serve::{Connection, Job, PATIENCE, Step};

use crate::green as thread;
use crate::green::net::{TcpListener, TcpStream};
use crate::stop::Stop;

/// How long to wait for the next bytes of a reply: the longest think time, and some more.
const REPLY_LIMIT: Duration = Duration::from_secs(90);

/// Connects, asks, waits for the reply and closes.
///
/// # Errors
/// Whatever the network or the reply has wrong, named with the request.
pub fn get(address: SocketAddr, request: &Request) -> Result<Reply> {
    let connecting = || format!("connecting to {address}");
    let mut stream = TcpStream::connect(address).map_err(Error::io(connecting()))?;
    stream.set_read_timeout(Some(REPLY_LIMIT)).map_err(Error::io(connecting()))?;
    exchange(&mut stream, request)
}

/// Sends a request over a stream and waits for its reply.
///
/// # Errors
/// Whatever the network or the reply has wrong, named with the request.
pub fn exchange(stream: &mut (impl Read + Write), request: &Request) -> Result<Reply> {
    let asking = || format!("GET {}", request.target);
    stream.write_all(&request.bytes()).map_err(Error::io(asking()))?;
    let mut incoming = Incoming::default();
    let mut buffer = [0; 16 * 1024];
    loop {
        let read = read(stream, &mut buffer).map_err(Error::io(asking()))?;
        if let Some(reply) = incoming.received(request, &buffer[..read])? {
            return Ok(reply);
        }
    }
}

/// Reads a file and counts its words; notes it as skipped if it cannot be read.
pub fn count_file(counts: &mut WordCounts, path: &Path) {
    match read_file(path) {
        Ok(content) => counts.count(&content),
        Err(why) => counts.skip(path, &why),
    }
}

/// Reads a file, [`LARGEST`] bytes of it at most: it may have grown since it was listed.
///
/// # Errors
/// Whatever the operating system says.
pub fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    File::open(path)?.take(LARGEST).read_to_end(&mut content)?;
    Ok(content)
}

/// Accepts connections until `stop`, and calls `serve` with each.
///
/// # Errors
/// [`Error::Io`] if the listener has no address.
pub fn accept(listener: &TcpListener, stop: &Stop, mut serve: impl FnMut(TcpStream)) -> Result<()> {
    let address = listener.local_addr().map_err(Error::io("the listener's address"))?;
    // Nothing but a connection wakes a thread out of accept(), so the stop makes one. That takes
    // a file descriptor, and the stop may come when there is none left: this one is kept for it.
    let mut spare = File::open("/dev/null").ok();
    stop.wake_by(move || {
        drop(spare.take());
        // Without patience: if the queue is so full that this must wait, accept() is not asleep.
        let _ = TcpStream::connect_timeout(&address, Duration::from_secs(1));
    });
    while !stop.is_stopped() {
        match listener.accept() {
            Ok(_) if stop.is_stopped() => break,
            Ok((stream, _)) => serve(stream),
            // Out of file descriptors, say. The connection stays in the queue, so accept() would
            // fail again at once, for ever: give those who hold descriptors time to close some.
            Err(why) if !transient(&why) => thread::sleep(Duration::from_millis(20)),
            Err(_) => {}
        }
    }
    Ok(())
}

/// Whether an error of accept() is about one connection only (it was reset while it waited, say), so
/// that the next may be fine.
#[must_use]
pub fn transient(why: &io::Error) -> bool {
    matches!(
        why.kind(),
        ErrorKind::Interrupted | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}

/// The conversations that are going on, so that a stop can end those that wait for their client.
#[derive(Debug, Clone, Default)]
pub struct Conversations {
    open: Arc<Mutex<HashMap<RawFd, Arc<TcpStream>>>>,
}

impl Conversations {
    /// None yet; `stop` will end them all.
    #[must_use]
    pub fn until(stop: &Stop) -> Conversations {
        let conversations = Conversations::default();
        let open = Arc::clone(&conversations.open);
        stop.wake_by(move || {
            for client in lock(&open).values() {
                // Whoever reads now sees the end of input, sends what it owes, and closes.
                let _ = client.shutdown(Shutdown::Read);
            }
        });
        conversations
    }

    /// Talks with one client until either side has had enough, or the stop comes. What goes
    /// wrong on the way is the client's affair, and ends only this conversation.
    pub fn hold(&self, stream: TcpStream, stop: &Stop) {
        self.hold_by(stream, stop, |client| converse(client, Job::run));
    }

    /// The same for who drives the [`Connection`] in its own way: `converse` does, and ends the
    /// conversation by returning.
    pub fn hold_by(
        &self,
        stream: TcpStream,
        stop: &Stop,
        converse: impl FnOnce(&TcpStream) -> io::Result<()>,
    ) {
        // Unlike the peer's address this is nobody else's for as long as the stream is open.
        let key = stream.as_raw_fd();
        // Shared, not cloned: a clone would be a second file descriptor for every client.
        let stream = Arc::new(stream);
        lock(&self.open).insert(key, Arc::clone(&stream));
        // Asked after the insertion: a stop that came before it is seen here, and one that comes
        // after it finds the stream in the map.
        if !stop.is_stopped() {
            let _ = prepare(&stream).and_then(|()| converse(&stream));
        }
        lock(&self.open).remove(&key);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(PATIENCE))
}

/// Talks with a client until either side has had enough, and lets `compute` do what is expensive.
///
/// # Errors
/// Whatever the operating system says.
pub fn converse(mut stream: &TcpStream, compute: impl Fn(Job) -> Reply) -> io::Result<()> {
    let mut connection = Connection::new(Instant::now());
    let mut buffer = [0; 4 * 1024];
    loop {
        match connection.step(Instant::now()) {
            Step::Read { until } => {
                let read = read_until(stream, &mut buffer, until)?;
                connection.received(&buffer[..read]);
            }
            Step::Write(bytes) => stream.write_all(&bytes)?,
            Step::Compute(job) => connection.computed(&compute(job)),
            Step::Close => return Ok(()),
        }
    }
}

/// Reads what there is of a request as soon as there is something, for [`Step::Read`].
///
/// # Errors
/// Whatever the operating system says; also if nothing has come by then.
pub fn read_until(mut stream: &TcpStream, buffer: &mut [u8], until: Instant) -> io::Result<usize> {
    let patience = until.saturating_duration_since(Instant::now());
    stream.set_read_timeout(Some(patience.max(Duration::from_millis(1))))?;
    read(&mut stream, buffer)
}

/// `read`, again when a signal came between.
fn read(stream: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match stream.read(buffer) {
            Err(why) if why.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
