//! A server beside hogs: how often it answers, and what the hogs get done meanwhile.

use std::thread;
use std::time::{Duration, Instant};

use crate::echo;
use crate::host::{Host, field};

/// A visit to the server of `echo.py`.
#[derive(Debug)]
pub struct Served {
    /// The round trips, if anybody asked.
    pub trips: Vec<Duration>,
    /// How many there were a second.
    pub rate: f64,
    /// How far the hogs counted a second, all together.
    pub speed: f64,
}

/// What the server's client does for so long.
#[derive(Debug, Clone, Copy)]
pub enum Client {
    /// Asks, and asks again as soon as it has its answer.
    Asks(Duration),
    /// Nothing.
    Idles(Duration),
}

/// Starts the server beside so many hogs, lets the client do what it does, and ends the server.
///
/// # Errors
/// One line: what went wrong with the one or the other.
pub fn served(
    host: &Host,
    hogs: u32,
    interval: Duration,
    client: Client,
) -> Result<Served, String> {
    // Hogs run from the start: they have the lock when the port is still to be printed.
    let start = Instant::now();
    let mut server = host.serve("echo", &arguments![hogs, interval.as_secs_f64()])?;
    let port = field(&server.line()?, "port")? as u16;
    let asking = Instant::now();
    let trips = match client {
        Client::Asks(time) => echo::ask(port, time)?,
        Client::Idles(time) => {
            thread::sleep(time);
            Vec::new()
        }
    };
    let rate = trips.len() as f64 / asking.elapsed().as_secs_f64();
    // They run until the server is done, which takes it some turns.
    let (done, ended) = thread::scope(|scope| {
        let ending = scope.spawn(move || echo::end(port));
        let done = server.line().map(|_| start.elapsed());
        (done, ending.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    ended?;
    let counted = field(&server.end()?, "counted")?;
    Ok(Served { trips, rate, speed: counted / done?.as_secs_f64() })
}
