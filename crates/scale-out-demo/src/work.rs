//! What a worker does with a job. None of it knows that there is a queue.

use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use workloads::files::WordCounts;
use workloads::http::Request;
use workloads::orders::{self, Totals};
use workloads::{Result, blocking, chain, primes};

use crate::job::{Answer, Job};

/// Does the job, and blocks for as long as that takes.
///
/// # Errors
/// A reason for the engine to try again.
pub fn work(job: &Job) -> std::result::Result<Answer, String> {
    Ok(match job {
        Job::Chain(links) => told(chain::run(*links), |end| Answer::Number(end.0)),
        Job::Primes(ranges) => Answer::Number(ranges.iter().cloned().map(primes::count).sum()),
        Job::Fetch(service, target, keep_alive) => {
            let request = Request { target: target.clone(), keep_alive: *keep_alive };
            told(blocking::get(*service, &request), |it| Answer::reply(it.status, &it.body))
        }
        Job::Orders(service, page) => {
            told(sold(*service, *page), |totals| Answer::Sold(totals.products))
        }
        Job::Words(paths) => {
            let mut counts = WordCounts::default();
            for path in paths {
                blocking::count_file(&mut counts, &path.path());
            }
            Answer::words(counts)
        }
        // This one may fail for a while and then be well: it is tried again.
        Job::Sale(sale) => {
            let totals = sold(sale.service, sale.page).map_err(|why| why.to_string())?;
            Answer::Sold(totals.products)
        }
        Job::Wait(micros) => {
            thread::sleep(Duration::from_micros(*micros));
            Answer::Nothing
        }
        Job::Poison => return Err("this job fails each time".into()),
    })
}

fn told<T>(result: Result<T>, answer: impl FnOnce(T) -> Answer) -> Answer {
    result.map_or_else(|why| Answer::Wrong(why.to_string()), answer)
}

/// What was sold on a page of orders.
fn sold(service: SocketAddr, page: u32) -> Result<Totals> {
    let mut totals = Totals::default();
    totals.add(page, &blocking::get(service, &orders::request(page))?)?;
    Ok(totals)
}
