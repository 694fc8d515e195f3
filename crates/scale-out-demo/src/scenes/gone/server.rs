//! A server that is killed in the middle of it all, and comes back.

use std::time::{Duration, Instant};

use redis::AsyncCommands;
use stage::Result;
use workloads::Service;
use workloads::orders::Totals;

use super::Fault;
use crate::broker::{Broker, Storage};
use crate::crew::Crew;
use crate::guard::Scratch;
use crate::job::Entry;
use crate::queue::{LOST, Queue};
use crate::redis_server::{RedisServer, free_address};
use crate::roles::Program;
use crate::scenes::site::{done, sales};
use crate::worker::Said;

const PAGES: u32 = 40;
const WORKERS: usize = 3;

/// It is killed once some pages are done. Then what the workers said of it.
pub(super) fn killed() -> Result<(Fault, Vec<String>)> {
    let service = Service::start()?;
    let program = Program::this()?;
    let (scratch, address) = (Scratch::new(&program)?, free_address()?);
    let server = RedisServer::start(&program, scratch.path(), address)?;
    let broker = Broker::redis(server.url());
    let mut queue = Queue::open(&broker)?;
    let mut ids = queue.push(sales(&service, 0..PAGES, Entry::Keyed))?;
    let crew = Crew::new(&program, &broker, WORKERS)?;
    let start = Instant::now();
    while queue.ended(&ids)?.len() < 5 {
        if start.elapsed() > LOST {
            return Err("no worker has done five pages".into());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    drop(server);

    let refused = queue.push(sales(&service, PAGES..PAGES + 1, Entry::Keyed));
    let said = refused.err().map(|why| why.to_string()).unwrap_or_default();
    let said = said.replace(&address.to_string(), "\u{2026}");
    let told = troubles(&crew, &address.to_string())?;
    let server = RedisServer::start(&program, scratch.path(), address)?;
    let mut queue = Queue::open(&broker)?;
    ids.extend(queue.push(sales(&service, PAGES..PAGES + 1, Entry::Keyed))?);
    let done = done(&queue.wait(&ids)?);
    drop(crew);
    let balance = queue.balance()?;
    // Had the server kept what it refused, it would hold one job more than there are ids.
    let half_done = held(&queue)?.saturating_sub(ids.len());
    let right = balance.keyed == Totals::known(0..PAGES + 1);
    drop(server);
    let jobs = ids.len();
    let what = "server: killed";
    Ok((Fault { what, said, half_done, done, jobs, right }, told))
}

/// How many jobs it holds, done or not.
fn held(queue: &Queue) -> Result<usize> {
    let Storage::Redis(mut redis) = queue.storage.clone() else { return Ok(0) };
    let jobs = redis.get_config().job_data_hash();
    Ok(queue.block_on(redis.get_connection().hlen(jobs))?)
}

/// What the workers say to it, one after the other.
fn troubles(crew: &Crew, address: &str) -> Result<Vec<String>> {
    let mut told = Vec::new();
    let mut from = Vec::new();
    while from.len() < WORKERS {
        let Some((worker, said)) = crew.hear(Duration::from_secs(20))? else { break };
        if let Said::Trouble(why) = said
            && !from.contains(&worker)
        {
            from.push(worker);
            told.push(why.replace(address, "\u{2026}"));
        }
    }
    Ok(told)
}
