//! The tax: what a message to another process costs.

pub mod cargo;
pub mod cores;
pub mod errand;
pub mod trips;
pub mod wire;

use std::time::Duration;

use stage::{Bars, Result, Scene, Stage, Table, human};

use self::cargo::{Cargo, Load};
use self::cores::{Core, two_cores};
use self::trips::{Fars, Often, copy};
use self::wire::Kind;
use crate::start::Method;

/// What a message costs on each wire, what it costs to make bytes of values, and how much work pays
/// for it.
pub const SCENE: Scene = Scene {
    name: "tax",
    title: "what a message costs",
    claim: "Threads pass a pointer; processes must send bytes. Through a pipe or a socket the \
            kernel copies them and wakes the reader. Through shared memory nobody is asked while \
            both are awake. A value must be made bytes first, and a value again. All that is the \
            tax, and a task must be worth it.",
    play,
    try_this: "in crates/multiprocess-demo/src/ring.rs, make CAPACITY 4 << 10: before you run it, \
               say which sizes will feel it.",
    read: "crates/multiprocess-demo/src/ring.rs, wait()",
};

/// How long, how often in a full and in a quick run.
const SIZES: [(usize, &str, Often, Often); 5] = [
    (64, "64 B", Often { rounds: 9, trips: 60 }, Often { rounds: 3, trips: 60 }),
    (4 << 10, "4 KiB", Often { rounds: 9, trips: 60 }, Often { rounds: 3, trips: 60 }),
    (64 << 10, "64 KiB", Often { rounds: 9, trips: 20 }, Often { rounds: 3, trips: 20 }),
    (1 << 20, "1 MiB", Often { rounds: 9, trips: 2 }, Often { rounds: 3, trips: 1 }),
    (16 << 20, "16 MiB", Often { rounds: 5, trips: 1 }, Often { rounds: 1, trips: 1 }),
];

/// How much of its time a worker is to work: the rest, its messages are under way.
const WORTH_IT: f64 = 0.9;

fn play(stage: &mut Stage<'_>) -> Result {
    let [here, elsewhere] = two_cores();
    let mut fars = Fars::start(&mut *Method::Spawn.starter()?, here)?;
    let trip = small(stage, &mut fars, here, elsewhere)?;
    sizes(stage, &mut fars, elsewhere)?;
    values(stage, &mut fars, elsewhere)?;
    worth(stage, trip);
    Ok(())
}

/// 64 bytes there and back, on one core and on two; what it took on two.
fn small(
    stage: &mut Stage<'_>,
    fars: &mut Fars,
    here: Core,
    elsewhere: Core,
) -> Result<[Duration; 3]> {
    stage.say(
        "64 bytes to another process and 64 bytes back. On one core the two must take turns, \
         whatever lies between them. On two cores the kernel must wake the other core, for each \
         message; who looks at shared memory itself is there already:",
    );
    let often = Often { rounds: stage.pick(15, 5), trips: 100 };
    let same = fars.carry(64, 64, here, often)?;
    let across = fars.carry(64, 64, elsewhere, often)?;
    let mut table = Table::new(["round trip, 64 B", "on one core", "across two"]);
    for (kind, (same, across)) in Kind::ALL.iter().zip(same.iter().zip(&across)) {
        table.row([kind.to_string(), human(*same), human(*across)]);
    }
    stage.table(&table);
    let [pipe, _, ring] = [0, 1, 2].map(|i| (same[i].as_secs_f64(), across[i].as_secs_f64()));
    stage.check(
        "on one core the ring costs what a pipe costs, because it sleeps as a pipe does",
        format!("{:.2} of a pipe's round trip", ring.0 / pipe.0),
        ring.0 < 1.25 * pipe.0,
        "Where a program can't choose its core (macOS), this is no comparison on one core",
    );
    stage.check(
        "across cores it costs a small part, because nobody sleeps",
        format!("{:.3} of a pipe's round trip", ring.1 / pipe.1),
        ring.1 < 0.2 * pipe.1,
        "With one core there is nobody to look at the memory meanwhile; and when other programs \
         want the cores, nobody gets to",
    );
    Ok(across)
}

fn sizes(stage: &mut Stage<'_>, fars: &mut Fars, core: Core) -> Result {
    stage.say(
        "Longer messages: so many bytes there, one byte back, across two cores. Beside it, what a \
         copy within this process takes:",
    );
    let mut table = Table::new(["bytes", "pipe", "socket pair", "ring", "a copy"]);
    let mut ring_wins = 0;
    for (bytes, name, full, quick) in SIZES {
        let often = stage.pick(full, quick);
        let times = fars.carry(bytes, 1, core, often)?;
        let [pipe, sockets, ring] = times;
        ring_wins += usize::from(ring < pipe && ring < sockets);
        let copy = copy(bytes, often);
        let cells = [pipe, sockets, ring, copy].map(human);
        let [pipe, sockets, ring, copy] = cells;
        table.row([name.to_owned(), pipe, sockets, ring, copy]);
    }
    stage.table(&table);
    stage.check(
        "the ring is faster than both at every size",
        format!("{ring_wins} of {} sizes", SIZES.len()),
        ring_wins == SIZES.len(),
        "With one core the two can't copy at the same time",
    );
    Ok(())
}

fn values(stage: &mut Stage<'_>, fars: &mut Fars, core: Core) -> Result {
    stage.say(
        "Few programs have bytes to send. A value (a list, an object) is made bytes before the \
         trip and is built again after it. Python's way to do so is pickle; here it is postcard. \
         About 256 KiB of each, encoded here, decoded there:",
    );
    let mut table = Table::new(["what", "values", "bytes", "pipe", "socket pair", "ring"]);
    let often = Often { rounds: stage.pick(9, 3), trips: 1 };
    let mut by_ring = Vec::new();
    for cargo in Cargo::ALL {
        let load = Load::of(cargo, 256 << 10);
        let times = fars.send(&load, cargo, core, often)?;
        let [pipe, sockets, ring] = times.map(human);
        let length = load.pack()?.len().to_string();
        let count = load.count().to_string();
        table.row([cargo.name().to_owned(), count, length, pipe, sockets, ring]);
        by_ring.push(times[2].as_secs_f64());
    }
    stage.table(&table);
    stage.check(
        "through the ring, encoding and decoding of records cost more than the way itself",
        format!("records take {:.1} times as long as raw bytes", by_ring[2] / by_ring[0]),
        by_ring[2] > 2.0 * by_ring[0],
        "The way itself must have been slow: are other programs using both cores?",
    );
    Ok(())
}

/// How much work pays for a trip.
fn worth(stage: &mut Stage<'_>, trip: [Duration; 3]) {
    stage.say(
        "When is a task worth sending? Let it be w of work, and its trip t. One process needs w a \
         task. Two workers, each sent a task when it has answered the last one, need (w + t) / 2: \
         less than w if w is more than t. To be 1.8 times as fast, 2w / (w + t), w must be 9t. \
         From the round trips across two cores above:",
    );
    let mut bars = Bars::new("work a task, for two workers to be 1.8 times as fast", "µs");
    for (kind, trip) in Kind::ALL.iter().zip(trip) {
        bars.bar(kind.to_string(), 1e6 * trip.as_secs_f64() * WORTH_IT / (1.0 - WORTH_IT));
    }
    stage.bars(&bars);
    stage.say(
        "A task that is smaller travels with others: that is the chunk size. A hundred in one \
         message share its trip, so each must be worth a hundredth of it.",
    );
}
