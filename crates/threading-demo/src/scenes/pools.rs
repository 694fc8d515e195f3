//! Pools: threads that are started once and lent out many times; and what a thread costs.

mod limits;
mod memory;
mod price;
mod race;
mod shapes;
mod switch;
mod tiny;
mod ways;

use stage::{Result, Scene, Stage};

/// Who takes which task, and what the taking costs.
pub const SCENE: Scene = Scene {
    name: "pool",
    title: "a pool, and what a thread costs",
    claim: "A thread costs microseconds to start, so start a few and let each take the next \
            task when it is free. Dealing the tasks out beforehand leaves a core idle; a message \
            for each tiny task costs more than the task.",
    play,
    try_this: "in crates/threading-demo/src/pool/claims.rs, claim(), let size be (self.items / \
               self.threads).max(1): the picture of the pool becomes that of the parts dealt out \
               beforehand.",
    read: "crates/threading-demo/src/pool.rs, share() and run()",
};

fn play(stage: &mut Stage<'_>) -> Result {
    shapes::play(stage)?;
    race::play(stage)?;
    tiny::play(stage)?;
    price::play(stage)?;
    memory::play(stage)?;
    limits::play(stage);
    Ok(())
}
