//! A future that nobody awaits, and one that is spawned and not awaited.

use std::net::SocketAddr;

use stage::{Result, Stage, Table};
use workloads::Service;
use workloads::http::Request;

use crate::runtime::{Runtime, spawn};
use crate::solve::get;

/// How long the service waits for the second of two before it sends the first home.
const PATIENCE_MS: u32 = 40;

/// What becomes of the first of two requests.
#[derive(Clone, Copy, PartialEq)]
enum First {
    Forgotten,
    Spawned,
}

/// What the service saw.
struct Seen {
    requests: u64,
    /// The second got its reply, and did not wait in vain for the first.
    met: bool,
}

pub(super) fn play(stage: &mut Stage<'_>, service: &Service) -> Result {
    let forgotten = make(First::Forgotten, service)?;
    let spawned = make(First::Spawned, service)?;
    stage.say(
        "Two requests of a kind that the service answers only when it holds both. The first is made \
         by the line on the left, and nobody awaits it; the second is awaited right behind it:",
    );
    let mut table = Table::new(["the line", "requests that came", "the second"]);
    let how = |met| if met { "got its reply" } else { "was sent home: it came alone" };
    let rows = [("let _ = get(…);", &forgotten), ("spawn(get(…));", &spawned)];
    for (line, seen) in rows {
        table.row([line, &seen.requests.to_string(), how(seen.met)]);
    }
    stage.table(&table);
    stage.check(
        "a future that nobody awaits or spawns does nothing at all",
        said(&forgotten),
        seen_of_first(&forgotten) == 0 && !forgotten.met,
        "a future that runs by itself: please report this",
    );
    stage.check(
        "a task that nobody awaits runs all the same",
        said(&spawned),
        seen_of_first(&spawned) == 1 && spawned.met,
        "The machine was so busy that the two did not meet within the service's patience.",
    );
    stage.say(
        "Without the let, the compiler warns: \"futures do nothing unless you `.await` or poll them\". \
         Python says it when the program runs: \"coroutine 'get' was never awaited\"; what spawns \
         there is asyncio.create_task().",
    );
    Ok(())
}

fn said(seen: &Seen) -> &'static str {
    match seen_of_first(seen) {
        0 => "the service never saw its request",
        _ => "the service saw its request",
    }
}

/// The second is always seen.
fn seen_of_first(seen: &Seen) -> u64 {
    seen.requests.saturating_sub(1)
}

fn make(first: First, service: &Service) -> Result<Seen> {
    service.clear()?;
    let met = Runtime::new()?.block_on(two(first, service.address()))?;
    let log = service.log()?;
    Ok(Seen { requests: log.answered, met })
}

async fn two(first: First, service: SocketAddr) -> workloads::Result<bool> {
    // One that waits in vain need not wait long; where both come, they may be as late as they like.
    let patience = if first == First::Forgotten { PATIENCE_MS } else { 1_000 * PATIENCE_MS };
    let request = |id| Request::get(format!("/gather?id={id}&of=2&ms={patience}"));
    let one = get(service, request(1));
    match first {
        First::Forgotten => drop(one),
        First::Spawned => drop(spawn(one)),
    }
    Ok(get(service, request(2)).await?.status == 200)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_spawned_runs() {
        let service = Service::start().unwrap();
        let forgotten = make(First::Forgotten, &service).unwrap();
        assert_eq!((forgotten.requests, forgotten.met), (1, false));
        let spawned = make(First::Spawned, &service).unwrap();
        assert_eq!((spawned.requests, spawned.met), (2, true));
    }
}
