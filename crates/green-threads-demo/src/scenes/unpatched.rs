//! A call that nobody patched: it blocks, and all green threads with it.

mod elsewhere;
mod ways;

use std::time::Duration;

use stage::{Result, Scene, Stage, Table, human};
use workloads::Service;

use self::ways::Way;
use super::hearts::{self, Observed, observe};

pub use self::elsewhere::elsewhere;

/// One call of the standard library, and the world stands still; who it was can be found.
pub const SCENE: Scene = Scene {
    name: "unpatched",
    title: "a call that stops the world",
    claim: "The operating system knows nothing of green threads. A call that blocks, and is not \
            one of ours, blocks the thread that they all share: nobody runs until it returns. The \
            code looks the same either way; but the scheduler can say who it was, by the line that \
            spawned it. Our own calls, or a thread of the operating system for that one call, let \
            the others run.",
    play,
    try_this: "in crates/green-threads-demo/src/scenes/unpatched/ways.rs, in run(), let Sleeps \
               call green::sleep(length): the first claim falls, for its hearts beat; the second \
               too: the watch has nobody to name there.",
    read: "crates/green-threads-demo/src/scenes/unpatched/elsewhere.rs, elsewhere()",
};

/// How long each of them waits.
const LENGTH: Duration = Duration::from_millis(40);

/// A way to wait, and what was seen of it.
struct Row {
    way: Way,
    rounds: Vec<Observed>,
}

fn play(stage: &mut Stage<'_>) -> Result {
    let service = Service::start()?;
    let mut rows: Vec<_> = Way::ALL.map(|way| Row { way, rounds: Vec::new() }).into();
    for _ in 0..stage.pick(5, 1) {
        for row in &mut rows {
            row.rounds.push(watched(row.way, &service)?);
        }
    }
    draw(stage, &rows);
    table(stage, &rows);
    verdicts(stage, &rows);
    stage.say(
        "gevent's monkey.patch_all() puts its own functions where Python's were: in socket, time, \
         threading, … It reaches all that is written in Python. It doesn't reach a library in C \
         that calls the operating system itself, such as a driver of a database: that stops the \
         world exactly so, and gevent's threadpool is the way out. In Rust nothing can be put in \
         std's place from outside, so `use` says which call it is; but a library that was compiled \
         with std::net is to us what C is to gevent.",
    );
    Ok(())
}

fn watched(way: Way, service: &Service) -> Result<Observed> {
    let address = service.address();
    // So near to the wait's own length, because any turn looks as slow if another program has the
    // core in the middle of it.
    observe(LENGTH * 3 / 4, move || way.run(address, LENGTH))
}

fn draw(stage: &mut Stage<'_>, rows: &[Row]) {
    let length = human(LENGTH);
    for row in rows {
        let shows = match row.way {
            Way::Asks => format!(
                "Three heartbeats, and a green thread that asks a service by std::net; the reply \
                 takes {length}:"
            ),
            Way::AsksGreen => "The same with green::net:".to_owned(),
            Way::AsksElsewhere => {
                "By std::net again, on another thread of the operating system:".to_owned()
            }
            _ => continue,
        };
        let state = if row.way.blocks() { "blocked" } else { "waiting" };
        stage.timeline(shows, row.rounds[0].timeline(state));
    }
}

fn table(stage: &mut Stage<'_>, rows: &[Row]) {
    stage.say(format!(
        "Of the beats that were due meanwhile: how many came before the call returned, and how \
         late they were. The watch tells of turns over {}.",
        human(LENGTH * 3 / 4)
    ));
    let mut table = Table::new(["the call", "beats came", "p50 late", "most", "slow turns"]);
    for Row { way, rounds } in rows {
        let (due, came) = hearts::meanwhile(rounds);
        let slow: usize = rounds.iter().map(|round| round.slow.len()).sum();
        let [p50, most] = [0.5, 1.0].map(|share| human(hearts::late_at(rounds, share)));
        table.row([way.name(), &format!("{came} of {due}"), &p50, &most, &slow.to_string()]);
    }
    stage.table(&table);
}

fn verdicts(stage: &mut Stage<'_>, rows: &[Row]) {
    let (blocking, others): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.way.blocks());
    let beats = |rows: &[&Row]| {
        let each = |row: &&Row| {
            let (due, came) = hearts::meanwhile(&row.rounds);
            format!("{came} of {due} {}", row.way.short())
        };
        rows.iter().map(each).collect::<Vec<_>>().join(", ")
    };
    stage.check(
        "a call of std's that waits: no heart beats until it returns",
        beats(&blocking),
        blocking.iter().all(|row| matches!(hearts::meanwhile(&row.rounds), (1.., 0))),
        "The call gave way: is it one of std's?",
    );
    let runs = || blocking.iter().flat_map(|row| &row.rounds);
    if let Some(slow) = runs().flat_map(|round| &round.slow).next() {
        stage.say("What the watch said of the first of them:");
        stage.listing(slow.to_string().replace(" at ", " at\n").replace(" gave", "\ngave"));
    }
    let (right, all) = (runs().filter(|round| round.is_culprit_named()).count(), runs().count());
    stage.check(
        "the watch names the line that spawned the culprit, once, and no other line",
        format!("in {right} of {all} runs"),
        right == all,
        "None named: the call gave way. More than one: other programs kept this thread from its \
         core in the middle of a turn, for the watch reads the clock on the wall.",
    );
    let beat =
        |row: &Row| row.rounds.iter().filter(|round| round.every_heart_beats_meanwhile()).count();
    let runs = |row: &&Row| format!("{} of {} {}", beat(row), row.rounds.len(), row.way.short());
    stage.check(
        "with each way out all hearts beat meanwhile, in more than half of the runs",
        others.iter().map(runs).collect::<Vec<_>>().join(", "),
        others.iter().all(|row| 2 * beat(row) > row.rounds.len()),
        "Other programs kept this thread from its core for as long as the wait was.",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(way: Way) -> Observed {
        watched(way, &Service::start().expect("a service")).expect("a poller")
    }

    #[test]
    fn who_blocks_is_named_and_stops_every_heart() {
        for way in Way::ALL.into_iter().filter(|way| way.blocks()) {
            let seen = seen(way);
            // A machine that is busy with other tests may make an innocent slow as well.
            let named = seen.slow.iter().filter(|slow| slow.spawned == seen.culprit).count();
            assert_eq!(named, 1, "{way:?}: {:?}", seen.slow);
            assert!(seen.slow[0].spawned.file().ends_with("hearts.rs"), "{:?}", seen.slow);
            assert_eq!(seen.meanwhile().1, 0, "{way:?}");
        }
    }

    #[test]
    fn hearts_beat_with_each_way_out() {
        for way in Way::ALL.into_iter().filter(|way| !way.blocks()) {
            // Other programs may keep this thread from its core for as long as the wait is: then
            // once more. Who blocks would do so every time.
            let gives_way = |seen: Observed| {
                let named = seen.slow.iter().any(|slow| slow.spawned == seen.culprit);
                seen.meanwhile().1 > 0 && !named
            };
            assert!((0..50).any(|_| gives_way(seen(way))), "{way:?}");
        }
    }
}
