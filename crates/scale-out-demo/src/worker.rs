//! A worker: a process that asks the broker for a job, does it, says so, and asks again.

use std::io::{Read, Write};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use apalis::prelude::*;
use futures_util::stream::{self, Stream};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use tokio::time::MissedTickBehavior;

use crate::broker::{Broker, LOOK, PATIENCE, Storage};
use crate::job::{Answer, Done, Job};
use crate::ledger;
use crate::trouble::{Result, Trouble};
use crate::work::work;

/// What a worker must know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Orders {
    /// Where the jobs are.
    pub broker: Broker,
    /// Which of the workers this is.
    pub number: u32,
    /// How many jobs it does at once.
    pub at_once: usize,
    /// After how many tries a job is given up.
    pub tries: usize,
}

/// What a worker tells whoever started it, a line each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Said {
    /// It has reached the broker.
    Ready,
    /// It has booked this page, begun at this time, and waits to be killed.
    Holds(u32, u64),
    /// It can't do its work now, for this reason, and will try again.
    Trouble(String),
}

/// Says it. If nobody listens any more, this process has no business either.
pub fn say(said: &Said) {
    let line = serde_json::to_string(said).unwrap_or_default();
    if writeln!(std::io::stdout(), "{line}").is_err() {
        std::process::exit(0);
    }
}

/// Works until whoever started this process has closed its standard input, as its end does too.
pub fn run(orders: Orders) -> ! {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(why) => {
            say(&Said::Trouble(format!("no runtime: {why}")));
            std::process::exit(1);
        }
    };
    runtime.block_on(async {
        // Each life has a name of its own: the broker may still wait for a sign of the last one.
        for life in 1_u32.. {
            let Err(why) = live(&orders, life).await else { break };
            say(&Said::Trouble(why.to_string()));
            // A broker that comes back should not be run over.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    std::process::exit(0)
}

/// From reaching the broker to losing it.
async fn live(orders: &Orders, life: u32) -> Result {
    let storage = orders.broker.open(PATIENCE).await?;
    say(&Said::Ready);
    let name = format!("worker {} ({}, {life})", orders.number, std::process::id());
    let desk = Desk { orders: Arc::new(orders.clone()), storage: storage.clone() };
    macro_rules! work_at {
        ($storage:expr) => {
            WorkerBuilder::new(name)
                .backend($storage.poll_with_stream(ticks()))
                .concurrency(orders.at_once)
                .data(desk)
                .build(at_job)
                .run()
                .await
        };
    }
    let end = match storage {
        Storage::File(file) => work_at!(file),
        Storage::Redis(redis) => work_at!(*redis),
    };
    end.map_err(Trouble::in_(&orders.broker))
}

/// When to look for jobs. The engine's own `poll_with_interval` sets its next alarm without asking to be
/// woken by it: where a look takes longer than the interval, nobody is, until the next heartbeat
/// (apalis-core 1.0.0). Here whoever has been told of a tick is always woken by the next.
fn ticks() -> impl Stream<Item = ()> + Unpin {
    let mut ticks = tokio::time::interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    stream::poll_fn(move |context| {
        let mut ticked = false;
        while ticks.poll_tick(context).is_ready() {
            ticked = true;
        }
        if ticked { Poll::Ready(Some(())) } else { Poll::Pending }
    })
}

/// What a worker has at hand for each job.
#[derive(Clone)]
struct Desk {
    orders: Arc<Orders>,
    storage: Storage,
}

/// One job, once. What is returned is stored with the job; an error makes the engine try again, unless
/// it is an `AbortError`.
async fn at_job(
    job: Job,
    attempt: Attempt,
    desk: Data<Desk>,
) -> std::result::Result<Done, BoxDynError> {
    match attempt_at(job, &desk).await {
        Ok(done) => Ok(done),
        Err(why) if attempt.current() < desk.orders.tries => Err(why),
        // So often is enough: the broker keeps it, with the reason, among the dead.
        Err(why) => Err(AbortError::new(why).into()),
    }
}

async fn attempt_at(job: Job, desk: &Desk) -> std::result::Result<Done, BoxDynError> {
    let from = now();
    // On another thread: this one has to go on telling the broker that we live, however long it takes.
    let (job, answer) = spawn_blocking(move || {
        let answer = work(&job);
        (job, answer)
    })
    .await?;
    let answer = answer?;
    if let (Job::Sale(sale), Answer::Sold(sold)) = (&job, &answer) {
        ledger::enter(&mut desk.storage.clone(), sale.page, sold, sale.entry).await?;
        if sale.cue.as_ref().is_some_and(|cue| std::fs::remove_file(cue).is_ok()) {
            say(&Said::Holds(sale.page, from));
            std::future::pending::<()>().await;
        }
    }
    Ok(Done { worker: desk.orders.number, from, to: now(), answer })
}

/// In nanoseconds since 1970. (Processes of one machine have one clock. Those of several machines have
/// several, a little apart.)
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
