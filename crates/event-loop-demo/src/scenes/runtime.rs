//! The runtime at work: reactor, timers, run queue and wakers, and a hundred tasks on one thread.

mod diary;
mod hundred;
mod lanes;
mod memory;
mod price;
mod show;

use stage::{Mark, Result, Scene, Stage, Weight};
use workloads::Service;

/// A hundred tasks on one thread, and what one of them costs.
pub const SCENE: Scene = Scene {
    name: "runtime",
    title: "a hundred tasks on one thread",
    claim: "One thread is enough for many tasks that wait: it polls a task only when that was \
            woken, one at a time, and when nobody may run it sleeps in the poller. A task takes \
            some bytes beside its future, and is started in a fraction of a thread's time.",
    play,
    try_this: "in crates/event-loop-demo/src/scenes/runtime/hundred.rs, let TURNS be \
               1: in the second picture each of those that compute keeps the loop until it is done, \
               and the next begins behind it. There are fewer polls, and longer; no verdict falls.",
    read: "crates/event-loop-demo/src/runtime/turn.rs, run_until() and look()",
};

/// What a task may wait for, and what the loop does.
const REPLY: &str = "waits for a reply";
const TIMER: &str = "for a timer";
const TURN: &str = "for its turn";
const TASK: &str = "for a task";
const AWAKE: &str = "awake";
const ASLEEP: &str = "asleep in the poller";

/// How that looks in a timeline. By its place each has a colour; who waits for a task is not drawn, and
/// has that of computing.
pub const MARKS: [Mark; 6] = [
    Mark { state: TASK, glyph: '~', weight: Weight::Light },
    Mark { state: REPLY, glyph: '░', weight: Weight::Light },
    Mark { state: TURN, glyph: '▒', weight: Weight::Light },
    Mark { state: TIMER, glyph: '-', weight: Weight::Light },
    Mark { state: AWAKE, glyph: '▓', weight: Weight::Solid },
    Mark { state: ASLEEP, glyph: '·', weight: Weight::Light },
];

fn play(stage: &mut Stage<'_>) -> Result {
    let service = Service::start()?;
    show::play(stage, &hundred::run(service.address())?);
    price::play(stage)?;
    memory::play(stage)
}
