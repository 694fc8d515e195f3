//! Sync, async, concurrent: three words for three things.

mod compare;
mod computing;
mod forgotten;
mod race;
mod ways;

use stage::{Result, Scene, Stage};
use workloads::Service;

/// What `async` makes concurrent (nothing), and what does.
pub const SCENE: Scene = Scene {
    name: "concurrent",
    title: "async is not concurrent",
    claim: "async says how a program waits, not how many things it waits for. Awaited one after \
            another, async calls take as long as blocking ones; what is concurrent is what is \
            spawned, joined or selected. And what is computed in a task is no faster for it.",
    play,
    try_this: "in crates/event-loop-demo/src/scenes/concurrent/ways.rs, spawned(), leave out \
               .collect::<Vec<_>>(): an iterator is lazy too, so each task is spawned when the one \
               before it has ended. It is the staircase again, and two verdicts fall: how many are in flight, \
               and that concurrency saves time.",
    read: "crates/event-loop-demo/src/scenes/concurrent/ways.rs, in_sequence(), spawned() and joined()",
};

fn play(stage: &mut Stage<'_>) -> Result {
    let service = Service::start()?;
    compare::play(stage, &service)?;
    forgotten::play(stage, &service)?;
    race::play(stage, &service)?;
    computing::play(stage)
}
