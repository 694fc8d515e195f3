//! Shared memory: a word that two processes count in, and bytes that the kernel never sees.

pub mod counter;
pub mod kernel;
pub mod page;

use stage::{Result, Scene, Stage, Table};

use self::counter::{Pair, Step, Who};
use super::tax::cores::{Stay, two_cores};
use crate::start::{Method, Start};

/// How updates are lost between processes, how none is, and what the kernel has to do for a message.
pub const SCENE: Scene = Scene {
    name: "shared",
    title: "memory that two processes share",
    claim: "A file can be mapped into two processes: then they see the same memory \
            (Python's shared_memory). What is shared is shared as between threads: two that read \
            before either writes lose an update, and an addition in one step loses none. No \
            message, so no kernel: it is needed only to wake who sleeps.",
    play,
    try_this: "in crates/multiprocess-demo/src/scenes/shared.rs, swap the two lines in the middle \
               of STEPS: which value does the other process read now? The verdict falls, as it \
               should: nothing is lost.",
    read: "crates/multiprocess-demo/src/ring/positions.rs, lie_down() and wake()",
};

/// Both read, then both write.
const STEPS: [(Who, Step); 4] = [
    (Who::Here, Step::Load),
    (Who::There, Step::Load),
    (Who::Here, Step::Store),
    (Who::There, Step::Store),
];

fn play(stage: &mut Stage<'_>) -> Result {
    let mut starter = Method::Spawn.starter()?;
    let mut pair = Pair::start(&mut *starter)?;
    lost(stage, &mut pair)?;
    both(stage, &mut pair)?;
    drop(pair);
    unasked(stage, &mut *starter)
}

fn lost(stage: &mut Stage<'_>, pair: &mut Pair) -> Result {
    stage.say(
        "One word in a page that two processes map. Each adds 1, and who takes the next step is \
         on cue:",
    );
    let mut table = Table::new(["step", "this process", "the other one", "the word is"]);
    for (number, (who, step)) in STEPS.into_iter().enumerate() {
        let value = pair.take(who, step)?;
        let did = match step {
            Step::Load => format!("reads {value}"),
            _ => format!("writes {value}"),
        };
        let (here, there) = match who {
            Who::Here => (did, String::new()),
            Who::There => (String::new(), did),
        };
        table.row([(number + 1).to_string(), here, there, pair.count().to_string()]);
    }
    stage.table(&table);

    let pairs = stage.pick(5000, 500);
    let mut in_two = 0;
    for _ in 0..pairs {
        let before = pair.count();
        for (who, step) in STEPS {
            pair.take(who, step)?;
        }
        in_two += 2 - (pair.count() - before);
    }
    stage.check(
        "on cue, one of two additions is lost every time",
        format!("of {pairs} pairs, {in_two} lost one"),
        in_two == pairs,
        "The steps were not taken in this order: as they are in the source, please report this",
    );
    Ok(())
}

fn both(stage: &mut Stage<'_>, pair: &mut Pair) -> Result {
    let times = stage.pick(5_000_000, 500_000);
    stage.say(format!("Without a cue, both as fast as they can, {times} additions each:"));
    let mut table = Table::new(["addition", "lost"]);
    let in_two = pair.both(false, times)?;
    let in_one = pair.both(true, times)?;
    table.row(["load, then store", &in_two.to_string()]);
    table.row(["fetch_add", &in_one.to_string()]);
    stage.table(&table);
    stage.say(
        "What the first row loses is luck, so it is no verdict. The compiler warned nobody: it sees \
         one program at a time, and what another one does to the same page it can't know.",
    );
    stage.check(
        "fetch_add loses nothing",
        format!("{in_one} lost"),
        in_one == 0,
        "An atomic addition would be broken: please report this",
    );
    Ok(())
}

fn unasked(stage: &mut Stage<'_>, starter: &mut dyn Start) -> Result {
    let messages: u64 = stage.pick(20_000, 4_000);
    stage.say(format!(
        "With such words one builds a ring: one says how far it is written, one how far it is read. \
         {messages} messages of 64 bytes to another process and back; a pipe would take a write and \
         a read for each, at this end alone. The ring's end asked the kernel:",
    ));
    let [here, elsewhere] = two_cores();
    let _stay = Stay::on(here);
    let mut table = Table::new(["the other process is", "bells rung", "sleeps"]);
    let mut asked = Vec::new();
    for (name, core) in [("on this core", here), ("on another core", elsewhere)] {
        let traffic = kernel::traffic(starter, core, messages)?;
        let (rung, slept) = (traffic.rung.to_string(), traffic.slept.to_string());
        table.row([name, &rung, &slept]);
        asked.push((traffic.rung + traffic.slept) as f64 / messages as f64);
    }
    stage.table(&table);
    stage.check(
        "awake on two cores, they leave the kernel alone",
        format!("{:.3} system calls a message; {:.2} on one core", asked[1], asked[0]),
        asked[1] < 0.2,
        "With one core, or with cores that other programs want, one of the two sleeps; macOS tells \
         nobody on which core it runs, so there both always do",
    );
    Ok(())
}
