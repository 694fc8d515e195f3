//! What a stack costs, and what becomes of one that is too small.

mod held;
#[cfg(target_os = "linux")]
mod overflow;
#[cfg(target_os = "linux")]
mod parked;

use stage::{Result, Scene, Stage};

/// A green thread that waits takes a page of memory.
pub const SCENE: Scene = Scene {
    name: "memory",
    title: "what a stack costs",
    claim: "A stack gets 256 KiB of addresses, and memory only for the pages that are touched: one, \
            for a green thread that waits. All the stacks together are a handful of mappings, \
            though each has a guard. One that overflows hits its guard: that green thread fails \
            with a message, and the others go on.",
    play,
    try_this: "in crates/green-threads-demo/src/scenes/memory/parked.rs, in waits(), have each \
               green thread use 8 KiB of its stack before it waits, by black_box([0_u8; 8192]): \
               the claims of 4.5 KiB and of 4 times fall, since what was touched stays.",
    read: "crates/green-threads-demo/src/green/stack.rs, Stacks::make() and guard()",
};

#[cfg(target_os = "linux")]
fn play(stage: &mut Stage<'_>) -> Result {
    parked::play(stage)?;
    overflow::play(stage)
}

#[cfg(not(target_os = "linux"))]
fn play(stage: &mut Stage<'_>) -> Result {
    stage.say(
        "This scene is left out: it reads the memory of a process from Linux's /proc, and on this \
         system an overflow ends the program, as that of any thread does.",
    );
    Ok(())
}
