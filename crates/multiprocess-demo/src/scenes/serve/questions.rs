//! A question that has to wait for another's answer.

use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use stage::Result;
use workloads::Error;
use workloads::blocking::{self, exchange};
use workloads::load::Question;
use workloads::serve::{self, cheap_answer};

/// A cheap question of a client that comes right after one who asks the expensive question and leaves
/// when it has its answer: how long each took, the medians of so many rounds.
pub fn behind_expensive(address: SocketAddr, rounds: usize) -> Result<(Duration, Duration)> {
    let (mut cheap, mut long) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let Question { request, answer } = Question::expensive();
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
