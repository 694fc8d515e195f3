//! A client, a server, and a consumer behind it: how far who writes gets while nobody takes.

use std::cell::Cell;
use std::io;
use std::net::{Ipv4Addr, Shutdown};
use std::rc::Rc;
use std::time::Duration;

use stage::Result;

use super::line::{CAPACITY, Policy};
use crate::runtime::channel::{Receiver, Sender};
use crate::runtime::net::{TcpListener, TcpStream};
use crate::runtime::oneshot::Promised;
use crate::runtime::{Runtime, channel, oneshot, sleep, spawn, timeout, unbounded};

/// What is read or written at once, at most. Each byte tells where it belongs in its chunk.
pub(super) const CHUNK: usize = 64 * 1024;

/// A write that has not been possible for so long won't be.
const STUCK: Duration = Duration::from_millis(40);

/// How long to wait for what comes within milliseconds.
const LIMIT: Duration = Duration::from_secs(10);

/// What was seen. In bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    /// The client could not write all that it had, while the consumer stood still.
    pub(super) stuck: bool,
    /// What it had written by then.
    pub(super) written: usize,
    /// What of that the server had read by then, and had in its memory.
    pub(super) read: usize,
    /// What the consumer got once it went on, each byte the right one; and what the client wrote in
    /// all.
    pub(super) consumed: usize,
    pub(super) sent: usize,
}

/// The client writes up to so many bytes while the consumer stands still; then that goes on, and the
/// client writes as many again.
pub(super) fn run(policy: Policy, bytes: usize) -> Result<Seen> {
    Runtime::new()?.block_on(chain(policy, bytes))
}

async fn chain(policy: Policy, bytes: usize) -> Result<Seen> {
    let (sender, receiver) = match policy {
        Policy::Queue => unbounded(),
        Policy::Wait | Policy::Refuse => channel(CAPACITY),
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let (reading, (go, going)) = (Rc::new(Cell::new(0)), oneshot());
    let server = spawn(serve(listener, sender, Rc::clone(&reading)));
    let consumer = spawn(consume(receiver, going));

    let stream = TcpStream::connect(address).await?;
    let mut client = Client { stream, content: content(), written: 0 };
    let stuck = client.write_until_stuck(bytes, &reading).await?;
    if !stuck {
        // What the kernel still has, the server will read.
        let all_read = timeout(LIMIT, until(|| reading.get() == client.written));
        all_read.await.map_err(|_elapsed| "the server has stopped reading")?;
    }
    let (written, read) = (client.written, reading.get());
    go.give(());
    client.write_until(2 * written).await?;
    client.stream.shutdown(Shutdown::Write)?;
    server.await.map_err(|_| "the server has panicked")??;
    let consumed = consumer.await.map_err(|_| "the consumer has panicked")?;
    Ok(Seen { stuck, written, read, consumed, sent: client.written })
}

async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        sleep(Duration::from_millis(1)).await;
    }
}

/// A chunk in which each byte tells where it belongs.
fn content() -> Vec<u8> {
    (0..CHUNK).map(|i| (i % 251) as u8).collect()
}

struct Client {
    stream: TcpStream,
    content: Vec<u8>,
    written: usize,
}

impl Client {
    async fn write_until(&mut self, bytes: usize) -> io::Result<()> {
        while self.written < bytes {
            self.written += self.stream.write(&self.content[self.written % CHUNK..]).await?;
        }
        Ok(())
    }

    /// Whether it could not write them all: it waits, and the server has stopped reading too.
    async fn write_until_stuck(&mut self, bytes: usize, reading: &Cell<usize>) -> io::Result<bool> {
        let mut before = None;
        loop {
            match timeout(STUCK, self.write_until(bytes)).await {
                Ok(result) => return result.map(|()| false),
                // On a busy machine the server may not have had its turn.
                Err(_elapsed) if before == Some(reading.get()) => return Ok(true),
                Err(_elapsed) => before = Some(reading.get()),
            }
        }
    }
}

/// Reads as fast as it gets rid of what it has read.
async fn serve(
    listener: TcpListener,
    sender: Sender<Vec<u8>>,
    reading: Rc<Cell<usize>>,
) -> io::Result<()> {
    let (client, _) = listener.accept().await?;
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = client.read(&mut buffer).await?;
        reading.set(reading.get() + read);
        if read == 0 || sender.send(buffer[..read].to_vec()).await.is_err() {
            return Ok(());
        }
    }
}

/// Stands still until it is told to go on. How many bytes it got that are what they should be.
async fn consume(receiver: Receiver<Vec<u8>>, going: Promised<()>) -> usize {
    going.await;
    let (content, mut at) = (content(), 0);
    while let Some(chunk) = receiver.recv().await {
        for byte in chunk {
            if byte != content[at % CHUNK] {
                return at;
            }
            at += 1;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_reaches_the_client_and_without_one_the_server_has_it_all() {
        let bounded = run(Policy::Wait, 1 << 28).unwrap();
        assert!(bounded.stuck && bounded.read <= (CAPACITY + 1) * CHUNK, "{bounded:?}");
        assert!(bounded.consumed == bounded.sent && bounded.sent >= 2 * bounded.written);
        let unbounded = run(Policy::Queue, 2 * bounded.written).unwrap();
        assert!(!unbounded.stuck && unbounded.read == unbounded.written, "{unbounded:?}");
        assert!(unbounded.written >= 2 * bounded.written, "{unbounded:?} {bounded:?}");
        assert_eq!(unbounded.consumed, unbounded.sent);
    }
}
