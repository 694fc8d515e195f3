//! The convoy: a thread that mostly waits for the world, behind threads that only compute.

mod beside;
mod echoes;
mod intervals;
pub mod lanes;
mod locks;
mod served;
mod sleeper;

use stage::{Result, Scene, Stage};

/// What a thread with little to do waits for the lock, beside hogs, and what can be done about it.
pub const SCENE: Scene = Scene {
    name: "convoy",
    title: "the convoy: a thread of I/O behind hogs",
    claim: "Who comes back from a sleep or a socket must take the lock again like everybody else. \
            Beside one thread that computes (a hog) that takes a switch interval, 5 ms; beside \
            two it takes many, for nobody keeps a queue and nobody has priority. A shorter \
            interval helps beside one hog, less beside two, and the hogs pay for it.",
    play,
    try_this: "in crates/global-lock-demo/src/scenes/convoy/sleeper.rs write 3 for the last of \
               HOGS: how long is the tail now, and how often do the hogs overtake?",
    read: "crates/global-lock-demo/src/lock/interval.rs, take() and release()",
};

fn play(stage: &mut Stage<'_>) -> Result {
    sleeper::late(stage)?;
    sleeper::overtaken(stage)?;
    echoes::two_humps(stage)?;
    intervals::lower(stage)?;
    locks::others(stage)?;
    Ok(beside::python(stage)?)
}
