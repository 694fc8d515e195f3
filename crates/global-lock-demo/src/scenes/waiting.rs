//! Waiting is free: as many requests at once as there are threads, lock or no lock.

mod limit;
mod turns;

use std::time::Duration;

use stage::{Contest, Result, Scene, Stage, Table, human};
use workloads::{Approach, Service, fetch};

use crate::solve::{GLOBAL_LOCK, NO_LOCK};
use crate::thread::{HOLDS, OUTSIDE};

/// What threads under the lock are good for.
pub const SCENE: Scene = Scene {
    name: "waiting",
    title: "waiting is free",
    claim: "\"Threads are useless because of the GIL\": not for waiting. Who waits for the network has \
            let go of the lock, so as many wait at once as there are threads, as if there were no \
            lock. That ends where much must be computed with each reply: one thread at a time \
            does.",
    play,
    try_this: "in crates/global-lock-demo/src/scenes/waiting/turns.rs, take(), leave out \
               gil.outside(…) and keep what is in it: now they wait one after another, each with \
               the lock in its hand.",
    read: "crates/global-lock-demo/src/solve/threads.rs, fetch(), beside \
           crates/threading-demo/src/solve/threads.rs",
};

/// For how long the service thinks about each request.
const THINK: Duration = Duration::from_millis(50);

fn play(stage: &mut Stage<'_>) -> Result {
    let service = Service::start()?;
    timeline(stage, &service)?;
    scales(stage, &service)?;
    limit::show(stage, &service)
}

fn timeline(stage: &mut Stage<'_>, service: &Service) -> Result {
    let timeline = turns::take(service)?;
    let (outside, hold) = (timeline.at_once(OUTSIDE), timeline.at_once(HOLDS));
    stage.timeline(
        format!(
            "{} threads; each asks twice, waits {} for the reply, and computes with it for some \
             milliseconds:",
            turns::THREADS,
            human(turns::THINK),
        ),
        timeline,
    );
    stage.check(
        "all wait at once, one computes",
        format!("{outside} of {} were outside at once, and {hold} held the lock", turns::THREADS),
        outside == turns::THREADS && hold == 1,
        "A thread's first reply was there before the last thread had started.",
    );
    Ok(())
}

fn scales(stage: &mut Stage<'_>, service: &Service) -> Result {
    stage.say(format!(
        "Now a thread for each request to a service that thinks for {}. In flight: how many \
         requests the service held at once.",
        human(THINK),
    ));
    let mut table = Table::new(["requests", "under the lock", "in flight", "without the lock"]);
    let mut took = Vec::new();
    for requests in stage.pick([1, 10, 100, 1_000], [1, 10, 50, 100]) {
        let row = fetch_with(requests, service, stage.pick(2, 1))?;
        let [under, without] = row.took.map(human);
        table.row([requests.to_string(), under, row.in_flight.to_string(), without]);
        took.push(row);
    }
    stage.table(&table);
    let [one, _, hundred, most] = &took[..] else { unreachable!("one for each number") };
    let times = hundred.took[0].as_secs_f64() / one.took[0].as_secs_f64();
    stage.check(
        "a hundred requests take hardly longer than one",
        format!("{times:.2} times as long under the lock"),
        times < 2.0,
        "A hundred threads could not be started, or the service could not answer them, in so \
         short a time: other programs have the cores.",
    );
    let times = most.took[0].as_secs_f64() / most.took[1].as_secs_f64();
    stage.check(
        "and as long as without the lock, however many they are",
        format!("{times:.2} times as long"),
        times < 1.5,
        "What little there is to do for a request is done under the lock, by a thread that the \
         system has to wake up for it; on a busy machine that adds up.",
    );
    Ok(())
}

/// How a number of requests fared.
struct Row {
    /// Under the lock and without it.
    took: [Duration; 2],
    /// Under the lock.
    in_flight: u64,
}

fn fetch_with(requests: u64, service: &Service, rounds: usize) -> Result<Row> {
    let requests = fetch::requests(requests, THINK.as_millis() as u64)?;
    let mut in_flight = 0;
    let ask = |approach: &dyn Approach| {
        fetch::check(&requests, &approach.fetch(service, &requests)?)?;
        Ok(())
    };
    let mut contest = Contest::new();
    contest.enter("under the lock", || {
        service.clear()?;
        ask(&GLOBAL_LOCK)?;
        in_flight = in_flight.max(service.log()?.most_at_once);
        Ok(())
    });
    contest.enter("without", || ask(&NO_LOCK));
    let times = contest.run(rounds)?;
    Ok(Row { took: [times[0].median(), times[1].median()], in_flight })
}
