//! One queue, and several processes that take from it.

use std::collections::BTreeSet;

use stage::{Result, Scene, Stage};
use workloads::Service;
use workloads::orders::Totals;

use super::lanes::{WORKING, lanes, pieces};
use super::site::{Site, done, sales};
use crate::job::Entry;

/// Who did which job.
pub const SCENE: Scene = Scene {
    name: "queue",
    title: "one queue, many workers",
    claim: "The one who has the work and those who do it need not know each other. The jobs lie with a \
            broker; a worker takes one, does it, says so, and takes the next. So each job is done, and \
            done by one of them, and whoever is faster does more.",
    play,
    try_this: "in crates/scale-out-demo/src/broker.rs, let both batch_size be 8: a worker then takes \
               eight jobs at a time, and whoever is done first can't help the others.",
    read: "crates/scale-out-demo/src/worker.rs, at_job(), and \
           crates/scale-out-demo/src/queue/push.rs, push()",
};

const WORKERS: usize = 3;

fn play(stage: &mut Stage<'_>) -> Result {
    let pages = stage.pick(24, 12);
    let service = Service::start()?;
    let mut site = Site::of(stage)?;
    let crew = site.crew(WORKERS)?;

    let jobs: Vec<_> = sales(&service, 0..pages, Entry::Keyed).collect();
    stage.say(format!(
        "{pages} pages of orders at {}. Each is a job; this is the first, as it lies there:",
        site.queue.broker()
    ));
    stage.listing(serde_json::to_string(&jobs[0])?);
    let ids = site.queue.push(jobs)?;
    let ends = site.queue.wait(&ids)?;
    let balance = site.queue.balance()?;

    let pieces = pieces(0, &ends);
    let timeline = lanes(&pieces);
    let at_once = timeline.at_once(WORKING.state);
    stage.timeline(
        format!(
            "{WORKERS} processes and what each says it did (the service takes 10 ms for a page, and a \
             page's number stands where it begins):"
        ),
        timeline,
    );
    let runs: BTreeSet<_> = balance.runs.iter().collect();
    stage.check(
        "each page was done, each by one worker, and the totals are right",
        format!("{} of {pages} pages done, in {} runs", done(&ends), balance.runs.len()),
        done(&ends) == pages as usize
            && runs.len() == balance.runs.len()
            && balance.keyed == Totals::known(0..pages),
        "a worker that was kept from saying that it lives for more than a second is taken for dead, and \
         its job is done twice; the totals should be right all the same",
    );
    let workers: BTreeSet<_> = pieces.iter().map(|piece| piece.worker).collect();
    stage.check(
        "all the workers took part, at the same time",
        format!("{} of {WORKERS} took part, {at_once} at once", workers.len()),
        workers.len() == WORKERS && at_once == WORKERS,
        "the others had done it all before one of them got a core",
    );
    drop(crew);
    Ok(())
}
