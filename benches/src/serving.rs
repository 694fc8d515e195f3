//! The parent as the clients of a child that serves.

use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use workloads::http::Reply;
use workloads::load::{Load, Pace, Question, Report, Until};
use workloads::{blocking, primes, serve};

use crate::problem::Size;
use crate::{Result, Sample};

/// How many cheap requests a second come while latency is measured: few enough for any server.
pub(crate) const PER_SECOND: u64 = 1_000;

/// In the names of figures like `alone@0.99`: within so many milliseconds that share was answered.
pub const QUANTILE: char = '@';

/// The shares, where there are requests enough to tell them; and the slowest of all.
const SHARES: [f64; 7] = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0];

/// The shares that are figures of their own: part of the figure's name, the share, and what it is
/// called. The p95 stands in for a p99 that can't be told.
pub const NAMED: [(&str, f64, &str); 4] =
    [("p50", 0.5, "p50"), ("p95", 0.95, "p95"), ("p99", 0.99, "p99"), ("p999", 0.999, "p99.9")];

/// A share is told if at least so many requests took longer. How many take longer than its true
/// latency varies from run to run by the square root of their number: of ten by a third, of one by
/// all of it, and then the figure is one request's luck.
const BEYOND: f64 = 10.0;

/// Measures the server at `address` with so many clients: how many cheap requests it answers in a
/// second, how long they take when they come evenly, and how long beside an expensive one.
///
/// # Errors
/// A reply that is wrong, or none.
pub fn measure(address: SocketAddr, clients: usize, size: Size) -> Result<Sample> {
    let most = Load { address, clients, pace: Pace::Closed, until: Until::Elapsed(size.rate_for) };
    let even = Load {
        pace: Pace::Open { per_second: PER_SECOND },
        until: Until::Elapsed(size.latency_for),
        ..most
    };
    let mut sample = Sample::new();
    sample.insert("requests_per_second".into(), run(most)?.per_second());
    latencies(&mut sample, "alone", &run(even)?);
    latencies(&mut sample, "beside", &beside_expensive(even, size.expensive_power)?);
    Ok(sample)
}

fn run(load: Load) -> Result<Report> {
    let report = load.run(Question::cheap)?;
    match report.first_wrong {
        Some(why) => Err(why.into()),
        None => Ok(report),
    }
}

fn latencies(sample: &mut Sample, when: &str, report: &Report) {
    let ms = |share| report.latency_at(share).as_secs_f64() * 1e3;
    for (name, share) in named(report.right) {
        sample.insert(format!("{when}_{name}_ms"), ms(share));
    }
    for share in SHARES.into_iter().filter(|share| *share == 1.0 || tells(report.right, *share)) {
        sample.insert(format!("{when}{QUANTILE}{share}"), ms(share));
    }
}

fn named(requests: u64) -> impl Iterator<Item = (&'static str, f64)> {
    let told = NAMED.into_iter().filter(move |(_, share, _)| tells(requests, *share));
    let needed = told.filter(move |(name, ..)| *name != "p95" || !tells(requests, 0.99));
    needed.map(|(name, share, _)| (name, share))
}

fn tells(requests: u64, share: f64) -> bool {
    // 1 - 0.99 is a little less than a hundredth.
    requests as f64 * (1.0 - share) > BEYOND - 1e-6
}

/// The load, while another client asks one expensive question after another on a connection that
/// was there before all others: a server of one client at a time is busy with that one.
fn beside_expensive(load: Load, power: usize) -> Result<Report> {
    let Until::Elapsed(long) = load.until else { return run(load) };
    let mut stream = TcpStream::connect(load.address)?;
    stream.set_read_timeout(Some(Duration::from_secs(90)))?;
    let expensive = serve::expensive(10_u64.pow(power as u32))?;
    let answer = Reply::text(200, format!("{}\n", primes::PI_OF_POWERS_OF_TEN[power]));
    let enough = AtomicBool::new(false);
    thread::scope(|scope| {
        let asking = scope.spawn(|| -> Result {
            while !enough.load(Ordering::Relaxed) {
                if blocking::exchange(&mut stream, &expensive)? != answer {
                    return Err("an expensive request got a wrong answer".into());
                }
            }
            // Only now may a server of one client at a time turn to the others.
            drop(stream);
            Ok(())
        });
        scope.spawn(|| {
            thread::sleep(long);
            enough.store(true, Ordering::Relaxed);
        });
        let report = run(load);
        asking.join().expect("asking doesn't panic")?;
        report
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_told_where_ten_requests_took_longer() {
        let told = |requests| Vec::from_iter(named(requests).map(|(name, _)| name));
        assert_eq!(told(250), ["p50", "p95"]);
        assert_eq!(told(999), ["p50", "p95"]);
        assert_eq!(told(1_000), ["p50", "p99"]);
        assert_eq!(told(10_000), ["p50", "p99", "p999"]);
    }
}
