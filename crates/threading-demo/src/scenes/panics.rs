//! Panics: one task fails, and its siblings go on.

mod poison;
mod quietly;
mod tasks;

use stage::{Result, Scene, Stage};

/// Who learns of a panic, and what it leaves behind.
pub const SCENE: Scene = Scene {
    name: "panics",
    title: "a task panics",
    claim: "A panic ends its task, not the program: whoever joins the task is told. What the \
            task was changing under a lock may be left half done; std's Mutex warns of that, \
            parking_lot's does not.",
    play,
    try_this: "in crates/threading-demo/src/scenes/panics/poison.rs, repair(), leave out \
               clear_poison(): the accounts are right again, and yet every later lock() warns.",
    read: "crates/threading-demo/src/scenes/panics/poison.rs, repair()",
};

fn play(stage: &mut Stage<'_>) -> Result {
    tasks::play(stage)?;
    poison::play(stage);
    Ok(())
}
