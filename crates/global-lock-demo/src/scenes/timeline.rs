//! Who holds the lock, as a picture: what David Beazley drew first ("Inside the Python GIL", 2009).

mod battle;
mod hogs;
mod stretch;
mod turns;

use stage::{Result, Scene, Stage};

pub use self::hogs::{Hogs, hogs};
pub use self::turns::{Turn, Turns};
use crate::host::Simulated;
use crate::thread::HOLDS;

/// The two locks of CPython beside each other, thread by thread.
pub const SCENE: Scene = Scene {
    name: "timeline",
    title: "who holds the lock",
    claim: "The legacy lock is given up after every hundred ticks, and mostly taken again by the \
            same thread, while the other one is woken for nothing. Under the interval lock a \
            thread that has waited for 5 ms asks for it, and then it does change hands.",
    play,
    try_this: "in crates/global-lock-demo/src/scenes/timeline/hogs.rs, hogs(), pass 0.0005 in the \
               place of the interval: turns get ten times as short.",
    read: "crates/global-lock-demo/src/lock/interval.rs, take()",
};

fn play(stage: &mut Stage<'_>) -> Result {
    let seconds = stage.pick(0.5, 0.15);
    let legacy = hogs(Simulated::Legacy, 2, stage.pick(0.2, 0.1))?;
    let unforced = hogs(Simulated::Unforced, 2, seconds)?;
    let alone = hogs(Simulated::Interval, 1, stage.pick(0.2, 0.1))?;
    let two = hogs(Simulated::Interval, 2, seconds)?;
    let three = hogs(Simulated::Interval, 3, seconds)?;
    let four = hogs(Simulated::Interval, 4, 2.0 * seconds)?;
    let runs = [&legacy, &unforced, &alone, &two, &three, &four];
    battle::show(stage, &legacy, &two, &unforced);
    stretch::show(stage, &alone, [&two, &three, &four]);
    let at_once = runs.map(|hogs| hogs.timeline.at_once(HOLDS)).into_iter().max().unwrap_or(0);
    stage.check(
        "whichever the lock, one thread at a time holds it",
        format!("at most {at_once} in {} runs", runs.len()),
        at_once == 1,
        "Then it is no lock: please report this",
    );
    Ok(())
}
