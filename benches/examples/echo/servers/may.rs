//! On may, on one worker.

use std::io::{self, Read, Write};
use std::net;
use std::os::fd::{FromRawFd, IntoRawFd};

use may::coroutine::{JoinHandle, spawn};
use may::net::{TcpListener, TcpStream};

use super::BUFFER;

/// See [`super::Server::serve`].
pub fn serve(listener: net::TcpListener, connections: usize) {
    // It would move its worker to another core.
    may::config().set_workers(1).set_worker_pin(false);
    // SAFETY: an open socket, which nobody else owns.
    let listener = unsafe { TcpListener::from_raw_fd(listener.into_raw_fd()) };
    let served = start(move || {
        let mut clients = Vec::new();
        for _ in 0..connections {
            let (client, _) = listener.accept().expect("a client");
            clients.push(start(move || echo(client)));
        }
        for client in clients {
            let ended = client.join().expect("a coroutine that ends");
            ended.expect("a client that closes");
        }
    });
    served.join().expect("a server that ends");
}

fn start<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    // SAFETY: nothing that is started here holds on to a thread-local, which would be another
    // worker's, or needs more stack than there is.
    unsafe { spawn(run) }
}

fn echo(mut client: TcpStream) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut buffer = [0; BUFFER];
    loop {
        match client.read(&mut buffer)? {
            0 => return Ok(()),
            read => client.write_all(&buffer[..read])?,
        }
    }
}
