//! A server that tells what happens to its processes.

use std::net::TcpListener;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use stage::Result;
use workloads::{Error, Stop};

use crate::pool::Options;
use crate::prefork::{self, Event, Servers};

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

    /// Serves until the stop.
    pub fn serve(&self, listener: TcpListener, stop: &Stop) -> workloads::Result<()> {
        let noticed = self.noticed.lock().map_err(|_| Error::Refused("it served before"))?;
        // Nobody need listen.
        prefork::serve(&listener, stop, &self.servers, &mut |event| drop(noticed.send(event)))
    }
}
