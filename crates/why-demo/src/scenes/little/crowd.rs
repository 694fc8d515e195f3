//! Clients that ask and wait, and somebody who counts how many wait.

use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use stage::Result;
use workloads::http::Request;
use workloads::{Error, Service, blocking};

use crate::crew;

/// How often somebody looks how many are inside.
const LOOK: Duration = Duration::from_micros(500);

/// What was measured of a crowd.
pub struct Crowd {
    /// λ: answers a second.
    pub per_second: f64,
    /// W: the average time from a request to its answer.
    pub stayed: Duration,
    /// L: how many were inside on average, by counting them.
    pub inside: f64,
    /// The most that the service held at once.
    pub most_inside: u64,
}

/// So many clients, each on a connection of its own, ask for so long.
///
/// # Errors
/// The first request that went wrong.
pub fn run(
    service: &Service,
    clients: usize,
    think_ms: u64,
    pause: Duration,
    time: Duration,
) -> Result<Crowd> {
    let (inside, over) = (AtomicI64::new(0), AtomicBool::new(false));
    let request = Request::get(format!("/think?id=0&ms={think_ms}"));
    service.clear()?;
    let start = Instant::now();
    let (stays, seen) = thread::scope(|scope| {
        let counts = thread::Builder::new()
            .spawn_scoped(scope, || looked(&inside, &over))
            .map_err(Error::io("starting a thread"))?;
        let client = |_| {
            let mut stream = connected(service)?;
            let mut stays = Vec::new();
            while start.elapsed() < time {
                let came = Instant::now();
                inside.fetch_add(1, SeqCst);
                let reply = blocking::exchange(&mut stream, &request);
                inside.fetch_sub(1, SeqCst);
                stays.push(came.elapsed());
                reply?.ok(&request)?;
                thread::sleep(pause);
            }
            Ok(stays)
        };
        let stays = crew::together(clients, client);
        let took = start.elapsed();
        over.store(true, SeqCst);
        let seen = counts.join().map_err(Error::panicked)?;
        Ok::<_, Error>((stays?.concat(), (seen, took)))
    })?;
    let (inside, took) = seen;
    Ok(Crowd {
        per_second: stays.len() as f64 / took.as_secs_f64(),
        stayed: stays.iter().sum::<Duration>() / stays.len().max(1) as u32,
        inside,
        most_inside: service.log()?.most_at_once,
    })
}

fn connected(service: &Service) -> workloads::Result<TcpStream> {
    let connect = || {
        let stream = TcpStream::connect(service.address())?;
        stream.set_nodelay(true)?;
        // For the day when the service does not answer: an error then, and no hang.
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(stream)
    };
    connect().map_err(Error::io(format!("connecting to {}", service.address())))
}

/// Looks again and again until it is over; the average of what it saw.
fn looked(inside: &AtomicI64, over: &AtomicBool) -> f64 {
    let (mut sum, mut looks) = (0, 0);
    while !over.load(SeqCst) {
        sum += inside.load(SeqCst);
        looks += 1;
        thread::sleep(LOOK);
    }
    sum as f64 / f64::from(looks.max(1))
}
