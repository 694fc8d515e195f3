//! The six problems with threads under the lock, beside the same threads without it.

mod race;
mod server;

use std::time::Duration;

use stage::{Result, Scene, Stage, Table, human};
use workloads::files::{self, Bounds, Listing};
use workloads::{Approach, Service};

use crate::lock::interval;
use crate::solve::{GLOBAL_LOCK, LEGACY_LOCK, NO_LOCK};
use race::{Column, Problem};

/// What the lock costs, and where.
pub const SCENE: Scene = Scene {
    name: "problems",
    title: "the problems under the lock",
    claim: "Where there is waiting, threads under the lock are worth having; where there is \
            computing, they bring nothing, and the lock costs what the other cores would have \
            done. A server that computes makes everybody else wait for the lock.",
    play,
    try_this: "taskset -c 0 cargo run -p global-lock-demo -- problems (Linux): with one core the \
               lock costs the first four problems nothing, but the server's clients wait as before.",
    read: "crates/global-lock-demo/src/solve/threads.rs beside \
           crates/threading-demo/src/solve/threads.rs",
};

/// What is read of a directory that nobody named.
const READ: [Bounds; 2] =
    [Bounds { files: 200, bytes: 6 << 20 }, Bounds { files: 100, bytes: 2 << 20 }];

fn play(stage: &mut Stage<'_>) -> Result {
    batches(stage)?;
    serving(stage)
}

/// The problems that end.
fn batches(stage: &mut Stage<'_>) -> Result {
    let service = Service::start()?;
    let listing = listing(stage);
    let rounds = stage.pick(3, 1);
    let mut problems = vec![
        Problem::chain(stage.pick(5_000_000, 2_000_000))?,
        Problem::primes()?,
        Problem::orders(&service, stage.pick(30, 10)),
    ];
    problems.extend(listing.as_ref().map(|listing| Problem::files(&listing.paths)));
    let columns = race::run(&problems, rounds)?;
    stage.say(format!(
        "The sequential run: how long its fastest round took. The others, with a thread for each \
         task: how many times as fast as that.{}",
        listing.as_ref().map_or(String::new(), |listing| {
            format!(" {} files of those that cargo has downloaded.", listing.paths.len())
        }),
    ));
    let mut table = Table::new(["", "sequential", "global lock", "legacy lock", "no lock"]);
    for Column { name, sequential, speed_ups, .. } in &columns {
        let [global, legacy, none] = speed_ups.map(|times| format!("{times:.2}"));
        table.row([(*name).to_owned(), human(*sequential), global, legacy, none]);
    }
    stage.table(&table);
    verdicts(stage, &columns);
    Ok(())
}

/// None, where cargo has nothing downloaded.
fn listing(stage: &Stage<'_>) -> Option<Listing> {
    let [full, quick] = READ;
    let found = files::list(&files::default_directory().ok()?, stage.pick(full, quick)).ok()?;
    (!found.paths.is_empty()).then_some(found)
}

fn verdicts(stage: &mut Stage<'_>, columns: &[Column]) {
    let of = |name| columns.iter().find(|column| column.name == name);
    let Some((primes, orders)) = of("primes").zip(of("orders")) else { return };
    let ([global, _, none], [busy, _, all_busy]) = (primes.speed_ups, primes.cores);
    stage.check(
        "threads under the lock count primes on no more than one core",
        format!("{busy:.2} cores busy, {global:.2} times as fast as sequential"),
        busy < 1.2,
        "Those who waited kept a core busy with waking up and asking.",
    );
    if race::cores() > 1 {
        stage.check(
            "without the lock they use more, and are faster",
            format!("{all_busy:.2} cores busy, {none:.2} times as fast as sequential"),
            all_busy > 1.2 * busy && none > 1.2 * global,
            "Other programs had the other cores.",
        );
    }
    let [global, ..] = orders.speed_ups;
    stage.check(
        "where there is waiting, threads pay under the lock too",
        format!("orders: {global:.2} times as fast as sequential"),
        global > 2.0,
        "Parsing took as long as waiting: the lock was hardly ever free.",
    );
}

/// A server's cheap questions beside an expensive one.
fn serving(stage: &mut Stage<'_>) -> Result {
    let during = Duration::from_millis(stage.pick(500, 100));
    stage.say(format!(
        "A server with a thread a connection. Cheap questions come every {}, first alone, and then \
         while another client asks for primes again and again:",
        human(server::EVERY),
    ));
    let mut table = Table::new(["", "alone p50", "p99", "beside primes p50", "p99", "primes"]);
    let mut waits = Vec::new();
    for approach in [&GLOBAL_LOCK as &dyn Approach, &LEGACY_LOCK, &NO_LOCK] {
        let visit = server::visit(approach, during)?;
        let [alone, alone_99, beside, beside_99] = [
            (&visit.alone, 0.5),
            (&visit.alone, 0.99),
            (&visit.beside, 0.5),
            (&visit.beside, 0.99),
        ]
        .map(|(report, share)| human(report.latency_at(share)));
        let expensive = human(visit.expensive);
        let name = approach.name().to_owned();
        table.row([name, alone, alone_99, beside, beside_99, expensive]);
        waits.push(visit.beside.latency_at(0.5));
    }
    stage.table(&table);
    let [global, _, none] = waits[..] else { unreachable!("one for each server") };
    stage.check(
        format!(
            "beside primes most cheap questions wait for much of an interval of {}",
            human(interval::DEFAULT),
        ),
        format!("p50 {}, without the lock {}", human(global), human(none)),
        global >= interval::DEFAULT / 2 && none < global / 2,
        "The threads of the questions came one upon another, and handed the lock on among them; or \
         the machine is so busy that they wait for a core as long as for the lock.",
    );
    Ok(())
}
