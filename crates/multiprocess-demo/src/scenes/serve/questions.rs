//! What the clients ask, and how they ask it.

use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use stage::Result;
use workloads::blocking::{self, exchange};
use workloads::http::Reply;
use workloads::load::{Load, Pace, Question, Report, Until};
use workloads::serve::{self, cheap_answer};
use workloads::{Error, primes};

/// The expensive question: the primes below a million, some 50 ms of computing.
fn expensive() -> Question {
    let known = primes::PI_OF_POWERS_OF_TEN[6];
    Question {
        request: serve::expensive(1_000_000).expect("a number within the bounds"),
        answer: Reply::text(200, format!("{known}\n")),
    }
}

/// Cheap questions of so many clients, each as soon as it has its last answer, for so long; whatever
/// comes of them.
pub fn ask(address: SocketAddr, clients: usize, during: Duration) -> Result<Report> {
    let load = Load { address, clients, pace: Pace::Closed, until: Until::Elapsed(during) };
    Ok(load.run(Question::cheap)?)
}

/// The same, and all answers are right.
pub fn cheap(address: SocketAddr, clients: usize, during: Duration) -> Result<Report> {
    all_right(ask(address, clients, during)?)
}

/// The same, and beside them one client that asks the expensive question again and again. Returns
/// what came of the cheap ones, and of the expensive ones.
pub fn cheap_beside_expensive(
    address: SocketAddr,
    clients: usize,
    during: Duration,
) -> Result<(Report, Report)> {
    let load = Load { address, clients: 1, pace: Pace::Closed, until: Until::Elapsed(during) };
    let (beside, cheap) = thread::scope(|scope| {
        let beside = scope.spawn(move || load.run(|_| expensive()));
        let cheap = cheap(address, clients, during);
        (beside.join().map_err(Error::panicked), cheap)
    });
    Ok((cheap?, all_right(beside??)?))
}

/// A cheap question of a client that comes right after one who asks the expensive question and leaves
/// when it has its answer: how long each took, the medians of so many rounds.
pub fn behind_expensive(address: SocketAddr, rounds: usize) -> Result<(Duration, Duration)> {
    let (mut cheap, mut long) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let Question { request, answer } = expensive();
        let start = Instant::now();
        let mut first = TcpStream::connect(address)?;
        thread::scope(|scope| -> Result {
            let first = scope.spawn(move || {
                // Closed here, at the end: nobody else is talked with before.
                (exchange(&mut first, &request), start.elapsed())
            });
            let asked = Instant::now();
            let second = blocking::get(address, &serve::cheap(1)?)?;
            cheap.push(asked.elapsed());
            let (reply, took) = first.join().map_err(Error::panicked)?;
            long.push(took);
            match reply? == answer && second == cheap_answer(1) {
                true => Ok(()),
                false => Err("a wrong reply".into()),
            }
        })?;
    }
    let median = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    Ok((median(cheap), median(long)))
}

/// A wrong answer spoils the whole measurement.
fn all_right(report: Report) -> Result<Report> {
    match &report.first_wrong {
        None => Ok(report),
        Some(why) => Err(format!("{} wrong replies, first {why}", report.wrong).into()),
    }
}
