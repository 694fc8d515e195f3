//! The server's side: processes that were started before their clients came.

mod killed;
mod questions;
mod server;

use std::time::Duration;

use stage::{Result, Scene, Stage, Table, human};
use workloads::load::Report;
use workloads::load::serving::{self, visit};
use workloads::{Approach, Sequential};

use self::server::Prefork;

/// A pre-fork server: what an expensive question, and a killed process, does to the others.
pub const SCENE: Scene = Scene {
    name: "serve",
    title: "a pre-fork server",
    claim: "With a process for each client, cheap questions don't wait for the end of an expensive \
            one. And if one of the processes is killed, that costs one conversation: the others don't \
            notice, and another process takes its place.",
    play,
    try_this: "in crates/multiprocess-demo/src/scenes/serve/killed.rs, remove the line with \
               SIGSTOP, and play this some times: now and then the process has just answered when \
               it is killed, and no question is lost.",
    read: "crates/multiprocess-demo/src/prefork.rs, serve(), and beside it \
           crates/multiprocess-demo/src/prefork/server.rs",
};

/// How many clients ask cheap questions.
const CLIENTS: usize = 8;

/// A load that went on for longer than this is not put on again for longer.
const AT_MOST: Duration = Duration::from_secs(3);

fn play(stage: &mut Stage<'_>) -> Result {
    beside(stage)?;
    one_is_killed(stage)
}

/// The cheap questions alone, and beside an expensive one.
fn beside(stage: &mut Stage<'_>) -> Result {
    let during = Duration::from_millis(stage.pick(700, 150));
    stage.say(format!(
        "{CLIENTS} clients ask cheap questions, and {} server processes answer; then one more client \
         asks expensive ones beside them. The sequential server has one client at a time, and gets \
         one; beside the expensive question that is the one who has to wait until it is answered:",
        CLIENTS + 1,
    ));
    let mut table = Table::new(["", "", "a second", "p50", "p99", "p99.9"]);
    let rounds = stage.pick(5, 2);
    let (one, (waited, took)) = visit(
        |listener, stop| Sequential.serve(listener, stop),
        |address| -> Result<_> {
            let alone = serving::cheap(address, 1, during / 2)?;
            Ok((alone, questions::behind_expensive(address, rounds)?))
        },
    )?;
    let servers = Prefork::new(CLIENTS + 1);
    let (alone, (cheap, expensive)) = visit(
        |listener, stop| servers.serve(listener, stop),
        |address| -> Result<_> {
            // So that all the processes are there.
            serving::cheap(address, CLIENTS, during / 5)?;
            let alone = serving::cheap(address, CLIENTS, during)?;
            Ok((alone, serving::cheap_beside_expensive(address, CLIENTS, during)?))
        },
    )?;
    row(&mut table, "sequential, 1 client", "alone", &one);
    let none = || "–".to_owned();
    let beside = ["sequential, 1 client", "beside expensive"].map(str::to_owned);
    let [name, situation] = beside;
    table.row([name, situation, none(), human(waited), none(), none()]);
    let name = format!("{} processes", CLIENTS + 1);
    row(&mut table, &name, "alone", &alone);
    row(&mut table, &name, "beside expensive", &cheap);
    stage.table(&table);
    stage.check(
        "a cheap question doesn't wait until an expensive one ends",
        format!(
            "p99 {}, an expensive one takes {}",
            human(cheap.latency_at(0.99)),
            human(expensive.latency_at(0.5))
        ),
        cheap.latency_at(0.99) < expensive.latency_at(0.5),
        "Other programs have the cores, so that every process waits long for its turn.",
    );
    stage.check(
        "with one process it does",
        format!("it waited {}, the expensive one took {}", human(waited), human(took)),
        waited * 2 > took,
        "The cheap question came late, when most of the expensive one was done.",
    );
    Ok(())
}

fn row(table: &mut Table, name: &str, situation: &str, report: &Report) {
    let rate = format!("{:.0}", report.per_second());
    let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|share| human(report.latency_at(share)));
    table.row([name.to_owned(), situation.to_owned(), rate, p50, p99, p999]);
}

/// One of the processes is killed while all of them have clients.
fn one_is_killed(stage: &mut Stage<'_>) -> Result {
    let mut during = Duration::from_millis(stage.pick(1_000, 200));
    let outcome = loop {
        let servers = Prefork::new(CLIENTS);
        let outcome = visit(
            |listener, stop| servers.serve(listener, stop),
            |address| killed::under_load(address, &servers, during),
        )?;
        // Again, for longer, if there was nobody at the process, and the machine is to blame.
        if outcome.report.wrong > 0 || !outcome.held_up || during > AT_MOST {
            break outcome;
        }
        during *= 4;
    };
    let killed::Outcome { killed, death, replacement, report, .. } = outcome;
    stage.say(format!(
        "{CLIENTS} processes, each with a client that asks without a pause; then kill -9 {killed}:",
    ));
    let (right, broken) = (report.right, report.wrong);
    let why = report.first_wrong.as_deref().unwrap_or("–");
    let mut table = Table::new(["", ""]);
    table.row(["the process was", &death.to_string()]);
    if let Some((id, after)) = replacement {
        table.row(["its replacement", &format!("{id}, started {} after the kill", human(after))]);
    }
    table.row(["questions answered right", &right.to_string()]);
    table.row(["questions without an answer", &broken.to_string()]);
    table.row(["the first of them", why]);
    stage.table(&table);
    stage.check(
        "a killed process costs the question that it was at, and no other",
        format!("{broken} of {} without an answer", right + broken),
        broken == 1 && right > 0,
        "The server had no client yet, so busy was the machine; or another connection broke too.",
    );
    stage.check(
        "another takes its place",
        replacement.map_or("none came".into(), |(_, after)| format!("{} later", human(after))),
        replacement.is_some(),
        "There was no process to be had.",
    );
    Ok(())
}
