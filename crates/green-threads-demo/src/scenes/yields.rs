//! Yields: in which order, and at which price.

mod order;
mod price;
mod turns;

use stage::{Result, Scene, Stage};

/// Who runs after whom, and what that costs.
pub const SCENE: Scene = Scene {
    name: "yields",
    title: "who gives way goes last",
    claim: "yield_now() puts who calls it at the end of the line, and the first in it goes on: a \
            round robin, the same in every run. That is a function call that returns later. It costs \
            some calls, where the operating system's threads pay for a way through the kernel.",
    play,
    try_this: "in crates/green-threads-demo/src/scenes/yields/order.rs, turns(), put `if turn > 1` \
               in front of the yield (and braces around it): whoever begins has two turns at once, \
               and the two verdicts on the order fall.",
    read: "crates/green-threads-demo/src/green/scheduler.rs, yield_now() and switch_from()",
};

fn play(stage: &mut Stage<'_>) -> Result {
    order::play(stage)?;
    price::play(stage)
}
