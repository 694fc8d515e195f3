//! A server for as long as it is visited, and its visitors.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use stage::Result;
use workloads::http::Reply;
use workloads::load::{Load, Pace, Question, Report, Until};
use workloads::{Approach, Error, Stop, blocking, primes, serve};

/// How many clients ask cheap questions: enough for those that wait.
const CLIENTS: usize = 8;

/// A cheap question is due so often, come what may: less often than once an interval of the lock,
/// or many would find it free because another one has just waited for it.
pub const EVERY: Duration = Duration::from_millis(8);

/// The expensive question: the primes up to 10 to this power, some 50 ms of computing.
const POWER: usize = 6;

/// What came of a visit.
pub struct Visit {
    /// The cheap questions, with nobody else there.
    pub alone: Report,
    /// The cheap questions beside the expensive one.
    pub beside: Report,
    /// How long an expensive one took: the mean.
    pub expensive: Duration,
}

/// Lets the approach serve, asks cheap questions for so long, and again beside an expensive one.
pub fn visit(approach: &dyn Approach, during: Duration) -> Result<Visit> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let stop = Stop::new();
    thread::scope(|scope| {
        let server = scope.spawn(|| approach.serve(listener, &stop));
        let visited = cheap(address, during).and_then(|alone| {
            let (beside, expensive) = beside(address, during)?;
            Ok(Visit { alone, beside, expensive })
        });
        // However the visit went: the scope waits for the server.
        stop.stop();
        server.join().map_err(Error::panicked)??;
        visited
    })
}

fn cheap(address: SocketAddr, during: Duration) -> Result<Report> {
    // An open loop, or whoever waits would ask no more, and its waiting would hardly count.
    let pace = Pace::Open { per_second: (1_000 / EVERY.as_millis()) as u64 };
    let load = Load { address, clients: CLIENTS, pace, until: Until::Elapsed(during) };
    let report = load.run(Question::cheap)?;
    match &report.first_wrong {
        None => Ok(report),
        Some(why) => Err(format!("{} wrong replies, first {why}", report.wrong).into()),
    }
}

/// The cheap questions, and how long an expensive one took that was always there.
fn beside(address: SocketAddr, during: Duration) -> Result<(Report, Duration)> {
    let request = serve::expensive(10_u64.pow(POWER as u32))?;
    let answer = Reply::text(200, format!("{}\n", primes::PI_OF_POWERS_OF_TEN[POWER]));
    let mut stream = TcpStream::connect(address)?;
    let enough = AtomicBool::new(false);
    thread::scope(|scope| {
        let expensive = scope.spawn(|| -> workloads::Result<(u32, bool)> {
            for asked in 1.. {
                let right = blocking::exchange(&mut stream, &request)? == answer;
                if !right || enough.load(Relaxed) {
                    return Ok((asked, right));
                }
            }
            unreachable!("there is always another number")
        });
        let start = Instant::now();
        let report = cheap(address, during);
        enough.store(true, Relaxed);
        match expensive.join().map_err(Error::panicked)?? {
            (asked, true) => Ok((report?, start.elapsed() / asked)),
            (_, false) => Err("an expensive question got a wrong answer".into()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solve::{GLOBAL_LOCK, LEGACY_LOCK, NO_LOCK};

    #[test]
    fn each_cheap_question_is_asked_when_it_is_due_and_answered() {
        for approach in [&GLOBAL_LOCK as &dyn Approach, &LEGACY_LOCK, &NO_LOCK] {
            let visit = visit(approach, 25 * EVERY).unwrap();
            assert_eq!((visit.alone.right, visit.beside.right), (25, 25));
            assert!(!visit.expensive.is_zero());
        }
    }
}
