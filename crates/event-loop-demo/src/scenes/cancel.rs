//! Time-outs and cancellation: what is dropped, and when.

mod between;
mod halves;
mod held;
mod left;
mod nested;
mod overdue;
mod panicked;
mod started;

use stage::{Result, Scene, Stage};

/// To end a task is to drop its future.
pub const SCENE: Scene = Scene {
    name: "cancel",
    title: "time-outs and cancellation",
    claim: "To cancel a task is to drop its future where it waits, with all that it holds: its \
            sockets close, its alarms are taken back, nothing is left. It happens at an await and \
            nowhere else, so what spans an await can be cut in half. asyncio throws a \
            CancelledError in at the await, which the task can catch; here nothing of it runs but \
            its drops.",
    play,
    try_this: "in crates/event-loop-demo/src/scenes/cancel/halves.rs, guarded(), write \
               drop(undo) for std::mem::forget(undo): now the guard takes back the transfers that \
               were finished as well, and the verdict on the cures falls.",
    read: "crates/event-loop-demo/src/runtime/task.rs, JoinHandle::cancel(), Memory::cancel() and \
           Stage::end(): the future is dropped by an assignment",
};

fn play(stage: &mut Stage<'_>) -> Result {
    overdue::play(stage)?;
    nested::play(stage)?;
    left::play(stage)?;
    between::play(stage)?;
    halves::play(stage)?;
    started::play(stage)?;
    panicked::play(stage)
}
