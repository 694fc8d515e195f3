//! The scheduler at work: run queue, sleep, join; and who sleeps for all.

mod diary;
mod errand;
mod observer;
mod show;

use stage::{Mark, Result, Scene, Stage, Weight};
use workloads::Service;

/// Nine green threads, one thread of the operating system, and no scheduler's.
pub const SCENE: Scene = Scene {
    name: "scheduler",
    title: "nobody schedules",
    claim: "A scheduler is a line of those that may run, and a rule: whoever has to wait lets the \
            first in the line go on. It needs no thread of its own. If there is nobody in the line, \
            whoever waited last asks the poller (epoll, kqueue: whose socket is ready?) for all, and the \
            operating system's one thread sleeps there. (gevent has a hub, to which each switches first: two switches for one.)",
    play,
    try_this: "in crates/green-threads-demo/src/scenes/scheduler/errand.rs, sleeps(), write \
               std::thread::sleep for green::sleep. That is a sleep of which the poller knows nothing: \
               whoever has it keeps all others waiting, also those whose replies are here. The \
               picture is three times as long, and the verdict on where the thread sleeps falls.",
    read: "crates/green-threads-demo/src/green/scheduler.rs, switch_from() and \
           next_ready(), and crates/green-threads-demo/src/green/scheduler/look.rs, look()",
};

/// What a green thread may wait for.
const REPLY: &str = "waits for a reply";
const TIMER: &str = "for a timer";
const TURN: &str = "for its turn";
const THREAD: &str = "for a thread's end";
/// And it may be the one that has asked the poller.
const ASLEEP: &str = "asleep in the poller, for all";

/// How that looks in a timeline.
pub const MARKS: [Mark; 5] = [
    Mark { state: REPLY, glyph: '░', weight: Weight::Light },
    Mark { state: TIMER, glyph: '-', weight: Weight::Light },
    Mark { state: TURN, glyph: '▒', weight: Weight::Light },
    Mark { state: THREAD, glyph: '~', weight: Weight::Light },
    Mark { state: ASLEEP, glyph: '·', weight: Weight::Solid },
];

fn play(stage: &mut Stage<'_>) -> Result {
    let service = Service::start()?;
    show::play(stage, &errand::run(service.address())?);
    Ok(())
}
