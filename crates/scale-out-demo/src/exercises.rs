//! What the reader foresees: `cargo run -p scale-out-demo -- check`.

use std::fs;
use std::time::Instant;

use stage::{Exercise, Result, Stage, least_of_three};
use workloads::Service;
use workloads::orders::Totals;

use crate::crew::Crew;
use crate::job::{Entry, Job};
use crate::scenes::site::{Site, all_done, sales};

/// One of a worker that is killed, one of a push that is repeated, one of waiting.
pub const EXERCISES: [Exercise; 3] = [
    Exercise {
        task: "Change nothing, and foresee: two workers enter 8 pages of orders into a ledger. One \
               of them is killed (SIGKILL) when it has made its entry, before it could tell the \
               broker. In the end the broker says that all 8 jobs are done. How many times was a \
               page entered, in all?",
        what: "entries of 8 pages",
        unit: "entries",
        measure: entered,
        before: None,
        within: 1.0,
        why: "a worker that died behind its entry and one that died before it look the same to the \
              broker: silent. Not to lose the job it has to give it to another, who enters the page once \
              more. At least once is what a queue can promise. That twice does no harm is up to the job.",
    },
    Exercise {
        task: "A producer has pushed 4 of 8 pages of orders, each about as large as the others, \
               when its connection breaks. It can't know how many went through, and pushes all 8. Each \
               page is written under its own number, and the ledger shows what was sold. In \
               crates/scale-out-demo/src/exercises.rs, pushed_again(), have the pages added to a \
               sum: let entry = Entry::Added; How many times what was really sold does the ledger \
               show now?",
        what: "sold by the ledger, beside what was sold",
        unit: "times",
        measure: pushed_again,
        before: Some(1.0),
        within: 1.1,
        why: "12 pages came, and were added: 12 / 8. Under a key, the second time changes nothing. The \
              queue can't tell: two jobs with the same content may well be two. And a sum that is half \
              as much again looks no more wrong than any other.",
    },
    Exercise {
        task: "12 jobs that each wait for 120 ms are pushed, and three workers take them one by \
               one: that is four rounds, 480 ms. In crates/scale-out-demo/src/exercises.rs make \
               AT_ONCE 2, so that each worker does two jobs at a time. After how many ms are all 12 \
               done now?",
        what: "12 jobs by 3 workers",
        unit: "ms",
        measure: by_three,
        before: Some(480.0),
        within: 1.35,
        why: "six are under way, so there are two rounds of 120 ms; and on top the price of the trip, which \
              the scene price measures. A job that waits needs no core, so a worker can have several. Had \
              they computed, each would have wanted a core of its own.",
    },
];

/// How many jobs a worker does at a time.
const AT_ONCE: usize = 1;

fn entered(stage: &mut Stage<'_>) -> Result<f64> {
    let service = Service::start()?;
    let mut site = Site::of(stage)?;
    let mut crew = site.crew(2)?;
    let cue = site.scratch.path().join("cue");
    fs::write(&cue, "")?;
    let mut jobs: Vec<_> = sales(&service, 0..8, Entry::Keyed).collect();
    if let Job::Sale(sale) = &mut jobs[1] {
        sale.cue = Some(cue);
    }
    let ids = site.queue.push(jobs)?;
    let (worker, ..) = crew.holder()?;
    crew.kill(worker);
    all_done(&site.queue.wait(&ids)?)?;
    Ok(site.queue.balance()?.runs.len() as f64)
}

fn pushed_again(stage: &mut Stage<'_>) -> Result<f64> {
    let service = Service::start()?;
    let mut site = Site::of(stage)?;
    let _crew = site.crew(2)?;
    let entry = Entry::Keyed;
    for pages in [0..4, 0..8] {
        let ids = site.queue.push(sales(&service, pages, entry))?;
        all_done(&site.queue.wait(&ids)?)?;
    }
    let balance = site.queue.balance()?;
    let booked = match entry {
        Entry::Keyed => balance.keyed,
        Entry::Added => balance.added,
    };
    let pieces = |totals: &Totals| totals.products.values().map(|(pieces, _)| pieces).sum::<u64>();
    Ok(pieces(&booked) as f64 / pieces(&Totals::known(0..8)) as f64)
}

fn by_three(stage: &mut Stage<'_>) -> Result<f64> {
    let mut site = Site::of(stage)?;
    let _crew = Crew::with(&site.program, site.queue.broker(), 3, AT_ONCE)?;
    // What is done for the first time, such as opening the file, doesn't count.
    let ids = site.queue.push((0..3).map(|_| Job::Wait(20_000)))?;
    all_done(&site.queue.wait(&ids)?)?;
    least_of_three(|| {
        let start = Instant::now();
        let ids = site.queue.push((0..12).map(|_| Job::Wait(120_000)))?;
        all_done(&site.queue.wait(&ids)?)?;
        Ok(start.elapsed().as_secs_f64() * 1e3)
    })
}
