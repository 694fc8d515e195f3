//! The same program on the runtime that is built here, and on those that production has.

mod listing;
mod measure;

use std::time::Duration;

use stage::{Result, Scene, Stage, Table, human};
use workloads::{Service, fetch};

use self::listing::PROGRAMS;
use self::measure::{CLIENTS, Fetched};
use crate::solve::{approaches, missing};

/// One program, four runtimes.
pub const SCENE: Scene = Scene {
    name: "runtimes",
    title: "the same program on tokio, async-std and smol",
    claim: "A program for one runtime is, line by line, nearly the program for another: what \
            differs is names, and whether a task may move to another thread. All of them wait for \
            a thousand replies on very few threads.",
    play,
    try_this: "ASYNC_STD_THREAD_COUNT=1 cargo run -p event-loop-demo -- runtimes: async-std has a \
               thread less for each core but one. And compare two programs yourself: diff \
               crates/event-loop-demo/src/solve/event_loop.rs \
               crates/event-loop-demo/src/solve/tokio.rs",
    read: "crates/event-loop-demo/src/solve/tokio.rs, each() and serve(), beside \
           crates/event-loop-demo/src/solve/event_loop.rs",
};

fn play(stage: &mut Stage<'_>) -> Result {
    sources(stage);
    let measured = measure(stage)?;
    show(stage, &measured);
    judge(stage, &measured);
    if let Some(how) = how_to_get(&missing()) {
        stage.say(how);
    }
    history(stage);
    Ok(())
}

/// What to say of runtimes that are not compiled.
pub(super) fn how_to_get(missing: &[&str]) -> Option<String> {
    let told = || {
        format!(
            "Not compiled, and so not shown: {}. With them: cargo run -p event-loop-demo, without \
             --no-default-features; or with one of them: --no-default-features --features {} (or several, with commas \
             between).",
            missing.join(", "),
            missing[0],
        )
    };
    (!missing.is_empty()).then(told)
}

/// The listing of what differs, and the count of what doesn't.
fn sources(stage: &mut Stage<'_>) {
    stage.listing(listing::aspects());
    let [(_, ours), others @ ..] = PROGRAMS;
    let all = ours.lines().count();
    let mut table = Table::new(["the program for", "lines", "of ours the same"]);
    table.row(["event loop".to_owned(), all.to_string(), all.to_string()]);
    let mut least = all;
    for (name, program) in others {
        let same = listing::same(ours, program);
        least = least.min(same);
        table.row([name.to_owned(), program.lines().count().to_string(), same.to_string()]);
    }
    stage.table(&table);
    stage.check(
        "three lines of four are the same on every runtime",
        format!("at least {least} of {all}"),
        4 * least >= 3 * all,
        "The files in solve/ have been changed.",
    );
}

/// What one runtime took, the medians of the rounds.
struct Measured {
    name: &'static str,
    fetched: Fetched,
    per_second: f64,
    each: Duration,
}

fn requests(stage: &Stage<'_>) -> (u64, u64) {
    stage.pick((1_000, 100), (300, 30))
}

/// Round by round, the runtimes in turns: a machine is not the same from one second to the next.
fn measure(stage: &Stage<'_>) -> Result<Vec<Measured>> {
    let (count, think_ms) = requests(stage);
    let requests = fetch::requests(count, think_ms)?;
    let (rounds, during) = stage.pick((3, 40), (1, 40));
    let service = Service::start()?;
    let approaches = approaches()?;
    let mut all: Vec<_> = approaches.iter().map(|_| (Vec::new(), Vec::new())).collect();
    // The first fetch of a program finds everything cold, whoever makes it: it doesn't count.
    approaches[0].fetch(&service, &requests)?;
    for _ in 0..rounds {
        for (approach, (fetches, serves)) in approaches.iter().zip(&mut all) {
            fetches.push(measure::fetched(approach.as_ref(), &service, &requests)?);
            serves.push(measure::served(approach.as_ref(), Duration::from_millis(during))?);
        }
    }
    let median = approaches.iter().zip(all).map(|(approach, (mut fetches, mut serves))| {
        fetches.sort_by_key(|fetched| fetched.wall);
        serves.sort_by_key(|(_, each)| *each);
        let (per_second, each) = serves[rounds / 2];
        let fetched = fetches.swap_remove(rounds / 2);
        Measured { name: approach.name(), fetched, per_second, each }
    });
    Ok(median.collect())
}

fn show(stage: &mut Stage<'_>, measured: &[Measured]) {
    let (count, think_ms) = requests(stage);
    stage.say(format!(
        "{count} requests to a service that thinks for {think_ms} ms, all at once; then {CLIENTS} \
         clients that ask cheap questions: how many are answered a second, and the processor time for \
         each. Processor time is the whole program's: the service and the clients, which are the same \
         for all, are in it.",
    ));
    let mut table =
        Table::new(["", "in flight", "time", "processor", "threads", "cheap/s", "each"]);
    for Measured { name, fetched, per_second, each } in measured {
        // And the thread that has called.
        let threads = fetched.threads.as_ref();
        let threads = threads.map_or("–".to_owned(), |others| (others.len() + 1).to_string());
        table.row([
            (*name).to_owned(),
            fetched.at_once.to_string(),
            human(fetched.wall),
            human(fetched.cpu),
            threads,
            format!("{per_second:.0}"),
            human(*each),
        ]);
    }
    stage.table(&table);
    for Measured { name, fetched, .. } in measured {
        if let Some(others) = &fetched.threads
            && !others.is_empty()
        {
            stage.say(format!("Beside the caller's thread {name} has {}.", others.join(", ")));
        }
    }
}

fn judge(stage: &mut Stage<'_>, measured: &[Measured]) {
    let (count, _) = requests(stage);
    let least = measured.iter().map(|one| one.fetched.at_once).min().unwrap_or(0);
    stage.check(
        "every runtime has all requests in flight at once",
        format!("the service has seen at least {least} of {count}"),
        least == count,
        "The machine was so busy that the first had their answers before the last were sent.",
    );
    let [ours, others @ ..] = measured else { return };
    let cheapest = others.iter().min_by_key(|one| one.each);
    if let Some(cheapest) = cheapest {
        let ratio = ours.each.as_secs_f64() / cheapest.each.as_secs_f64().max(1e-9);
        stage.check(
            "the short runtime costs no more a question than those it explains",
            format!("{ratio:.2} times what {} costs", cheapest.name),
            ratio <= 1.05,
            "Other programs had the cores while it was measured.",
        );
    }
}

fn history(stage: &mut Stage<'_>) {
    stage.say(
        "async-std was, from 2019, the standard library over again with async in front: the same \
         names, and a global executor, so that nothing had to be set up. It is discontinued since \
         March 2025 (RUSTSEC-2025-0052, \"unmaintained\"), and its authors point to smol: the same \
         engine, async-io for sockets and timers and async-executor for tasks, in parts that are \
         put together by hand. So who leaves async-std changes imports, as in the listing above.",
    );
    stage.say(
        "One takes tokio for what is built on it: hyper, axum, tonic, reqwest and most database \
         drivers ask for its reactor and its AsyncRead. A library that asks for none, as \
         select() and join() here, runs on all of them.",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_with_how_to_get_it() {
        assert_eq!(how_to_get(&[]), None);
        let told = how_to_get(&["tokio", "smol"]).unwrap();
        assert!(told.contains("tokio, smol") && told.contains("--features tokio "), "{told}");
    }

    #[test]
    fn a_fetch_is_counted_at_the_service_and_its_threads_are_its_own() {
        let service = Service::start().unwrap();
        // Nobody is answered before all are there.
        let together = fetch::gathering(20, 20).unwrap();
        // Long enough for a look at the threads.
        let slow = fetch::requests(20, 100).unwrap();
        for approach in approaches().unwrap() {
            let fetched = measure::fetched(approach.as_ref(), &service, &together).unwrap();
            assert_eq!(fetched.at_once, 20, "{}", approach.name());
            let names: &[&str] = match approach.name() {
                "tokio on threads" => &["tokio"],
                "async-std" => &["async-std", "async-io"],
                "smol" => &["async-io"],
                _ => &[],
            };
            let all_seen = || {
                let fetched = measure::fetched(approach.as_ref(), &service, &slow).unwrap();
                let Some(threads) = fetched.threads else { return true };
                // Other tests may start threads meanwhile, so only what is named counts.
                names.iter().all(|name| threads.iter().any(|thread| thread.starts_with(name)))
            };
            // On a busy machine who looks may have no turn until all is fetched: then once more.
            assert!((0..20).any(|_| all_seen()), "{}", approach.name());
        }
    }
}
