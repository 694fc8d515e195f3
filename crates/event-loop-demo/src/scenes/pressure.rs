//! Back-pressure: who is faster waits for who is slower, or else there is a queue.

mod line;
mod plot;
mod policies;
mod socket;
mod upstream;

use stage::{Result, Scene, Stage};

/// An unbounded queue, beside one that makes the producer wait or tells it no.
pub const SCENE: Scene = Scene {
    name: "pressure",
    title: "back-pressure",
    claim: "A producer that is faster than its consumer fills any queue. Without a bound it takes \
            memory for as long as it goes on, and every message is older when its turn comes; and \
            nothing is done sooner for it. With a bound the producer waits, also on the other side \
            of a network, or is told no.",
    play,
    try_this: "in crates/event-loop-demo/src/scenes/pressure/line.rs, let EACH_TURN be 1: the \
               producer is no faster than the consumer. The three pictures are the same, nearly empty \
               ones, and three verdicts fall: there is nothing to bound.",
    read: "crates/event-loop-demo/src/runtime/channel.rs, Sending's poll() and try_send()",
};

fn play(stage: &mut Stage<'_>) -> Result {
    policies::play(stage)?;
    upstream::play(stage)
}
