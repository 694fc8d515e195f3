//! The server's side: a thread a connection, and a pool.

mod crowd;
mod questions;

use std::time::Duration;

use stage::{Result, Scene, Stage, Table, human};
use workloads::load::serving::{self, visit};
use workloads::load::{Pace, Report};
use workloads::{Approach, Sequential};

use crate::solve::{Pooled, Threads};

/// Servers with threads: what an expensive question, and a slow client, does to the others.
pub const SCENE: Scene = Scene {
    name: "serve",
    title: "a thread a connection",
    claim: "With a thread a connection, cheap questions don't wait for the end of an expensive \
            one: the operating system lets the threads take turns. A pool does the same until \
            slow clients hold all its threads: then it answers nobody else.",
    play,
    try_this: "in crates/threading-demo/src/scenes/serve.rs, exhausted(), write 5 for crowd::SLOW: \
               the pool has a thread more than there are slow clients, and client 5 is answered at \
               once. Then make the slow clients five (SLOW in \
               crates/threading-demo/src/scenes/serve/crowd.rs).",
    read: "crates/threading-demo/src/solve/threads.rs, serve(), and \
           crates/threading-demo/src/scenes/serve/crowd.rs",
};

/// How many clients ask cheap questions.
const CLIENTS: usize = 8;

fn play(stage: &mut Stage<'_>) -> Result {
    beside(stage)?;
    omission(stage)?;
    exhausted(stage)
}

/// The cheap questions alone, and beside an expensive one.
fn beside(stage: &mut Stage<'_>) -> Result {
    let during = Duration::from_millis(stage.pick(700, 300));
    stage.say("Eight clients ask cheap questions; then one more asks expensive ones beside them:");
    let mut table = Table::new(["", "", "a second", "p50", "p99", "p99.9"]);
    let servers: [Box<dyn Approach>; 2] = [Box::new(Threads), Box::new(Pooled::new()?)];
    let mut slowest = Vec::new();
    for approach in servers {
        let (alone, (cheap, expensive)) = visit(
            |listener, stop| approach.serve(listener, stop),
            |address| -> Result<_> {
                let alone = serving::cheap(address, CLIENTS, during)?;
                Ok((alone, serving::cheap_beside_expensive(address, CLIENTS, during)?))
            },
        )?;
        for (situation, report) in [("alone", &alone), ("beside expensive", &cheap)] {
            let rate = format!("{:.0}", report.per_second());
            let [p50, p99, p999] = percentiles(report);
            table.row([approach.name().to_owned(), situation.to_owned(), rate, p50, p99, p999]);
        }
        slowest.push((approach.name(), cheap.latency_at(0.99), expensive.latency_at(0.5)));
    }
    stage.table(&table);
    for (name, cheap, expensive) in slowest {
        stage.check(
            format!("{name}: a cheap question doesn't wait until an expensive one ends"),
            format!("p99 {}, an expensive one takes {}", human(cheap), human(expensive)),
            cheap < expensive,
            "Other programs have the cores, so that every thread waits long for its turn.",
        );
    }
    Ok(())
}

fn percentiles(report: &Report) -> [String; 3] {
    [0.5, 0.99, 0.999].map(|share| human(report.latency_at(share)))
}

/// The same stalls, seen by a client that waits with its next question, and by one that doesn't.
fn omission(stage: &mut Stage<'_>) -> Result {
    const LONG: Duration = Duration::from_millis(10);
    let questions = stage.pick(1_500, 500);
    let (closed, open) = visit(
        |listener, stop| Sequential.serve(listener, stop),
        |address| -> Result<_> {
            let closed = questions::with_stalls(address, questions, Pace::Closed)?;
            let pace = Pace::Open { per_second: 500 };
            Ok((closed, questions::with_stalls(address, questions, pace)?))
        },
    )?;
    stage.say(format!(
        "How to be deceived: the sequential server, and {questions} questions of which every {}th \
         is expensive and stalls it. Closed loop: the client asks when it has its last answer, so \
         nobody asks during a stall. Open loop: a question is due every 2 ms, come what may, and \
         counts from then:",
        questions::STALL,
    ));
    let mut table = Table::new(["", "p50", "p99", "p99.9", "over 10 ms"]);
    let long = |report: &Report| {
        let long = u64::try_from(LONG.as_nanos()).unwrap_or(u64::MAX);
        report.latency.count_between(long, u64::MAX)
    };
    for (name, report) in [("closed loop", &closed), ("open loop", &open)] {
        let [p50, p99, p999] = percentiles(report);
        table.row([name.to_owned(), p50, p99, p999, long(report).to_string()]);
    }
    stage.table(&table);
    stage.say(format!(
        "Of the open loop's p50, {} is the generator's own: it is woken when a question is due.",
        human(Duration::from_nanos(open.sent_late.value_at_quantile(0.5))),
    ));
    stage.check(
        "the closed loop hides most of the wait",
        format!("{} questions waited over 10 ms, {} in the open loop", long(&closed), long(&open)),
        long(&closed) > 0 && long(&open) >= 5 * long(&closed),
        "The machine was so busy that the closed loop waited as well, or so fast that an \
         expensive question takes no 10 ms.",
    );
    Ok(())
}

/// A pool whose threads are all held by slow clients, and a thread a connection beside it.
fn exhausted(stage: &mut Stage<'_>) -> Result {
    let pool = Pooled::with(1, crowd::SLOW)?;
    let pool = visit(|listener, stop| pool.serve(listener, stop), crowd::send)?;
    stage.timeline(
        format!(
            "A pool of {0} threads; {0} slow clients hold them, and one more asks:",
            crowd::SLOW
        ),
        pool.timeline,
    );
    let threads = visit(|listener, stop| Threads.serve(listener, stop), crowd::send)?;
    stage.timeline("The same clients, and a thread for each of them:", threads.timeline);
    stage.check(
        "while slow clients hold the pool, nobody else is answered",
        match pool.answered {
            false => format!("no answer in {}", human(pool.waited)),
            true => format!("answered after {}", human(pool.waited)),
        },
        !pool.answered,
        "The server closed a slow client's connection: it was held up for longer than 10 s.",
    );
    let after = pool.after_leaving;
    stage.check(
        "one of them leaves, and the next client is answered",
        after
            .map_or("it was answered before".to_owned(), |after| format!("after {}", human(after))),
        after.is_some(),
        "It was answered before.",
    );
    stage.check(
        "with a thread a connection it needn't wait",
        format!("answered after {}", human(threads.waited)),
        threads.answered,
        "The server's thread didn't get its turn in 300 ms.",
    );
    Ok(())
}
