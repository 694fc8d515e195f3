//! Where threads help: each problem with more and more of them.

mod lanes;
mod problems;
mod race;

use stage::{Bars, Result, Scene, Stage, Table, human};
use workloads::Service;

use crate::solve::cores;
use problems::Problem;
use race::Row;

// The problems, in the order in which they are raced.
const CHAIN: usize = 0;
const PRIMES: usize = 1;
const ORDERS: usize = 2;
const FETCH: usize = 3;

/// What more threads do for computing, for waiting, and for a chain.
pub const SCENE: Scene = Scene {
    name: "speed-up",
    title: "where threads help",
    claim: "Threads speed up computing as far as there are cores, and waiting as far as there are \
            threads. What must be done one thing after another they do not speed up at all.",
    play,
    try_this: "taskset -c 0 cargo run -p threading-demo -- speed-up (Linux): with one core \
               nothing is left of the speed-up of primes, and a pool of 4 still fetches 4 times \
               as fast. (The pools shrink with the cores: compare those of the same size.)",
    read: "crates/threading-demo/src/solve/pool.rs beside workloads/src/sequential.rs",
};

fn play(stage: &mut Stage<'_>) -> Result {
    let service = Service::start()?;
    // Enough for each thread of the largest pool, and no more than a large machine has time for.
    let requests = (stage.pick(16, 8) * cores()).clamp(16, 256) as u64;
    let problems = [
        Problem::chain(5_000_000, stage.pick(11, 5))?,
        Problem::primes(stage.pick(5, 2))?,
        Problem::orders(&service, (requests / 2).min(64) as u32, stage.pick(3, 1)),
        Problem::fetch(&service, requests, stage.pick(5, 3), 3)?,
    ];
    let rows = race::run(&problems, &service)?;
    table(stage, &problems, &rows);
    lanes::show(stage, &service)?;
    verdicts(stage, &rows);
    Ok(())
}

fn table(stage: &mut Stage<'_>, problems: &[Problem<'_>; 4], rows: &[Row]) {
    stage.say(
        "The sequential run: how long it took. The others: how many times as fast as that. \
         In flight: how many requests the service held at once.",
    );
    let [chain, primes, orders, fetch] = problems.each_ref().map(|problem| problem.name);
    let mut table = Table::new(["", chain, primes, orders, fetch, "in flight"]);
    for (place, row) in rows.iter().enumerate() {
        let cell = |problem: usize| match place {
            0 => human(row.took[problem].median()),
            _ => format!("{:.2}", row.speed_ups[problem]),
        };
        let [chain, primes, orders, fetch] = [CHAIN, PRIMES, ORDERS, FETCH].map(cell);
        let in_flight = row.in_flight.to_string();
        table.row([row.name.clone(), chain, primes, orders, fetch, in_flight]);
    }
    stage.table(&table);
    let threads = 4 * cores();
    let mut bars = Bars::new(format!("Times as fast with a pool of {threads}, four a core:"), "×");
    for (problem, speed_up) in problems.iter().zip(&pool(rows, threads).speed_ups) {
        bars.bar(problem.name, *speed_up);
    }
    stage.bars(&bars);
}

fn pool(rows: &[Row], threads: usize) -> &Row {
    rows.iter().find(|row| row.pool_of == Some(threads)).expect("a pool of every size takes part")
}

fn verdicts(stage: &mut Stage<'_>, rows: &[Row]) {
    let (few, many) = (cores(), 4 * cores());
    let [at_cores, beyond] = [few, many].map(|threads| &pool(rows, threads).speed_ups);
    // By the fastest of many rounds: what else goes on in the machine only makes a round slower.
    let fastest = |row: &Row| row.took[CHAIN].fastest().as_secs_f64();
    let chain = fastest(&rows[0]) / fastest(pool(rows, many));
    stage.check(
        "threads don't make the chain faster",
        format!("{chain:.2} times as fast with {many}"),
        chain <= 1.25,
        "The machine was busy with something else in every turn of the sequential run.",
    );
    let [chain, primes] = [CHAIN, PRIMES].map(|problem| pool(rows, many).took[problem].cores());
    stage.check(
        "one of them computes and the others can only watch",
        format!("the chain kept {chain:.2} cores busy (primes: {primes:.2})"),
        chain <= 1.1,
        "Something else in this process computed meanwhile: please report this.",
    );
    stage.check(
        "computing speeds up as far as there are cores",
        format!("primes {:.2} times as fast with {few} threads", at_cores[PRIMES]),
        at_cores[PRIMES] >= 0.7 * few as f64,
        "This needs all cores free, and cores that are not two hardware threads of one.",
    );
    stage.check(
        "more threads than cores compute no faster",
        format!("primes {:.2} times as fast with {many}", beyond[PRIMES]),
        beyond[PRIMES] <= 1.25 * at_cores[PRIMES],
        "Another program had a core, and more threads got a larger share of what was left.",
    );
    stage.check(
        "waiting speeds up as far as there are threads",
        format!("fetch {:.2} with {few}, {:.2} with {many}", at_cores[FETCH], beyond[FETCH]),
        beyond[FETCH] >= 2.5 * at_cores[FETCH],
        "With hundreds of threads, making the connections takes longer than the waiting.",
    );
    stage.check(
        "what does both lies between",
        format!(
            "primes {:.2}, orders {:.2}, fetch {:.2} with {many}",
            beyond[PRIMES], beyond[ORDERS], beyond[FETCH]
        ),
        beyond[PRIMES] < beyond[ORDERS] && beyond[ORDERS] < 1.1 * beyond[FETCH],
        "With many cores, computing gains as much from them as so few pages can.",
    );
    let pools = || rows.iter().filter_map(|row| Some((row.pool_of? as u64, row.in_flight)));
    let held: Vec<_> = pools().map(|(_, held)| held.to_string()).collect();
    stage.check(
        "each thread of a pool has its own request in flight",
        format!("the service held {}", held.join(", ")),
        pools().all(|(threads, held)| threads == held),
        "A thread did not come within 20 s, after which the service waits no longer for it.",
    );
}
