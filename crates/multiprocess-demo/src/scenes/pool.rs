//! A pool of processes: what it gives for work that is large, and what the chunk size is for.

mod chunks;
pub mod shapes;
mod speedup;

use stage::{Result, Scene, Stage};

/// Speed-up, and the size of a chunk.
pub const SCENE: Scene = Scene {
    name: "pool",
    title: "a pool of processes",
    claim: "Two workers count primes in about half the time, on two cores: no lock is shared, \
            whatever the language. Tiny tasks should travel in chunks, because each trip costs more \
            than the task; long uneven ones one by one, or a core has nothing to do at the end.",
    play,
    try_this: "in crates/multiprocess-demo/src/pool/window.rs, let MOST be 1: a worker then has no \
               task ahead, and each tiny one costs a trip there and back again.",
    read: "crates/multiprocess-demo/src/pool.rs, and crates/multiprocess-demo/src/pool/window.rs \
           for how much is given ahead",
};

fn play(stage: &mut Stage<'_>) -> Result {
    speedup::play(stage)?;
    shapes::play(stage)?;
    chunks::play(stage)
}
