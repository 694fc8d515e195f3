//! How processes end: zombies, orphans, signals.

use stage::{Result, Scene, Stage};

#[cfg(target_os = "linux")]
mod family;
#[cfg(target_os = "linux")]
mod interrupted;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod orphan;
#[expect(unsafe_code, reason = "what a signal does is set for the whole process")]
pub mod program;
#[cfg(target_os = "linux")]
mod zombie;

/// What is left of a process that ended, what becomes of one whose parent did, and what Ctrl-C
/// leaves of a pool.
pub const SCENE: Scene = Scene {
    name: "endings",
    title: "zombies, orphans, signals",
    claim: "A process that has ended stays as a zombie until its parent has waited for it. One \
            whose parent has ended goes on, unless it notices. A program that waits for its \
            children, and whose children notice its end, leaves nothing behind, however it is \
            ended. (Python's multiprocessing ends its workers from atexit, which a program that \
            is killed doesn't run.)",
    play,
    try_this: "in crates/multiprocess-demo/src/lifeline.rs, let arm() return Ok(()) at once: now \
               the orphans go on, and the scene counts them. (It gives them 5 s each time, and \
               ends them then.)",
    read: "crates/multiprocess-demo/src/lifeline.rs, arm()",
};

#[cfg(target_os = "linux")]
fn play(stage: &mut Stage<'_>) -> Result {
    linux::play(stage)
}

#[cfg(not(target_os = "linux"))]
fn play(stage: &mut Stage<'_>) -> Result {
    stage.say(
        "Not shown here: this scene looks into /proc and adopts orphans, and both are Linux's.",
    );
    Ok(())
}
