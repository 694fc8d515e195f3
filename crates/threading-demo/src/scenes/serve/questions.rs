//! What the clients ask, and how they ask it.

use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use stage::Result;
use workloads::http::Reply;
use workloads::load::{Load, Pace, Question, Report, Until};
use workloads::{Error, primes, serve};

/// How many clients ask cheap questions.
const CLIENTS: usize = 8;

/// The expensive question: the primes below a million, some 50 ms of computing.
fn expensive() -> Question {
    let known = primes::PI_OF_POWERS_OF_TEN[6];
    Question {
        request: serve::expensive(1_000_000).expect("a number within the bounds"),
        answer: Reply::text(200, format!("{known}\n")),
    }
}

/// Cheap questions of eight clients, each as soon as it has its last answer, for so long.
pub fn cheap(address: SocketAddr, during: Duration) -> Result<Report> {
    let load =
        Load { address, clients: CLIENTS, pace: Pace::Closed, until: Until::Elapsed(during) };
    all_right(load.run(Question::cheap)?)
}

/// The same, and beside them one client that asks the expensive question again and again. Returns
/// what came of the cheap ones, and of the expensive ones.
pub fn cheap_beside_expensive(address: SocketAddr, during: Duration) -> Result<(Report, Report)> {
    let load = Load { address, clients: 1, pace: Pace::Closed, until: Until::Elapsed(during) };
    let (beside, cheap) = thread::scope(|scope| {
        let beside = scope.spawn(move || load.run(|_| expensive()));
        let cheap = cheap(address, during);
        (beside.join().map_err(Error::panicked), cheap)
    });
    Ok((cheap?, all_right(beside??)?))
}

/// Every `STALL`th question is expensive.
pub const STALL: u64 = 250;

/// So many questions of one client, at this pace; every [`STALL`]th is expensive.
pub fn with_stalls(address: SocketAddr, questions: u64, pace: Pace) -> Result<Report> {
    let load = Load { address, clients: 1, pace, until: Until::Requests(questions) };
    all_right(load.run(|i| match i % STALL {
        0 => expensive(),
        _ => Question::cheap(i),
    })?)
}

/// A wrong answer spoils the whole measurement.
fn all_right(report: Report) -> Result<Report> {
    match &report.first_wrong {
        None => Ok(report),
        Some(why) => Err(format!("{} wrong replies, first {why}", report.wrong).into()),
    }
}
