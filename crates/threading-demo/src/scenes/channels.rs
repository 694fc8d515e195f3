//! Channels: threads that share nothing and send each other what they know.

mod actor;
mod bursts;
mod fan;
mod goodbye;
mod pipeline;
mod quiet;
mod unix;

use stage::{Result, Scene, Stage};

/// Communicating sequential processes (C. A. R. Hoare, 1978), with crossbeam-channel.
pub const SCENE: Scene = Scene {
    name: "channels",
    title: "communicate, don't share",
    claim: "A channel hands a value to exactly one other thread, and makes the faster side wait \
            for the slower. Its end is a message too: when the last sender is dropped, the \
            receivers know that there is no more.",
    play,
    try_this: "in crates/threading-demo/src/scenes/channels/bursts.rs, make the 18 in PAUSE a 0: the \
               producer is always the faster one, and blocked with the buffer as without it. A buffer evens out bursts, not a rate.",
    read: "crates/threading-demo/src/scenes/channels/bursts.rs, run()",
};

fn play(stage: &mut Stage<'_>) -> Result {
    bursts::play(stage);
    quiet::play(stage);
    fan::play(stage)?;
    pipeline::play(stage)?;
    goodbye::play(stage)?;
    actor::play(stage);
    Ok(())
}
