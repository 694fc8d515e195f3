//! A server for as long as it is visited.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use stage::Result;
use workloads::{Approach, Error, Sequential, Stop};

use crate::pool::Options;
use crate::prefork::{self, Event, Servers};

/// Who can be visited.
pub trait Serve: Sync {
    /// Serves until the stop.
    fn serve(&self, listener: TcpListener, stop: &Stop) -> workloads::Result<()>;
}

impl Serve for Sequential {
    fn serve(&self, listener: TcpListener, stop: &Stop) -> workloads::Result<()> {
        Approach::serve(self, listener, stop)
    }
}

/// A pre-fork server, and what is heard of its processes.
pub struct Prefork {
    servers: Servers,
    noticed: Mutex<Sender<Event>>,
    events: Mutex<Receiver<Event>>,
}

impl Prefork {
    pub fn new(number: usize) -> Prefork {
        let (noticed, events) = channel();
        Prefork {
            // As the workers of a pool are started.
            servers: Servers::started_by(Options::workers(number).method, number),
            noticed: Mutex::new(noticed),
            events: Mutex::new(events),
        }
    }

    /// The next that happens to its processes, if it does within this time.
    pub fn next(&self, patience: Duration) -> Result<Option<Event>> {
        match self.events.lock().map_err(|_| "a panic")?.recv_timeout(patience) {
            Ok(event) => Ok(Some(event)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(why) => Err(why.into()),
        }
    }
}

impl Serve for Prefork {
    fn serve(&self, listener: TcpListener, stop: &Stop) -> workloads::Result<()> {
        let noticed = self.noticed.lock().map_err(|_| Error::Refused("it served before"))?;
        // Nobody need listen.
        prefork::serve(&listener, stop, &self.servers, &mut |event| drop(noticed.send(event)))
    }
}

/// Serves on a free port, lets it be visited, and stops, however the visit went.
pub fn visit<T>(server: &dyn Serve, visitor: impl FnOnce(SocketAddr) -> Result<T>) -> Result<T> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let stop = Stop::new();
    let visited = thread::scope(|scope| {
        let serving = scope.spawn(|| server.serve(listener, &stop));
        let closing = StopWhenDropped(&stop);
        let visited = visitor(address);
        drop(closing);
        // A server returns once it has closed every connection and ended whatever it started.
        serving.join().map_err(Error::panicked)??;
        visited
    })?;
    match TcpStream::connect(address) {
        Ok(_) => Err("the server still listens after its stop".into()),
        Err(_) => Ok(visited),
    }
}

struct StopWhenDropped<'a>(&'a Stop);

impl Drop for StopWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.stop();
    }
}
