//! A worker is killed while it works; a task kills whoever takes it on; one never ends.

mod peers;
pub mod replaced;
pub mod trouble;

use stage::{Result, Scene, Stage, human};

use self::replaced::Replaced;
use crate::pool::Options;

pub use self::replaced::LOST;

/// What is lost with a worker: nothing.
pub const SCENE: Scene = Scene {
    name: "killed",
    title: "a worker is killed",
    claim: "When a worker is killed, another takes its place within milliseconds, and every task \
            is answered exactly once. A task that kills each worker that takes it on is given up \
            after some tries and named, and one that never ends is ended: all others are answered.",
    play,
    try_this: "in crates/multiprocess-demo/src/scenes/killed/trouble.rs, give the one that kills its \
               worker Terms { tries: 10, ..alone }: ten workers die for it, and still all others \
               are answered.",
    read: "crates/multiprocess-demo/src/pool/crew.rs, bury()",
};

fn play(stage: &mut Stage<'_>) -> Result {
    replaced(stage)?;
    trouble::play(stage)?;
    peers::play(stage);
    Ok(())
}

fn replaced(stage: &mut Stage<'_>) -> Result {
    let tasks = stage.pick(24, 18);
    let Replaced { timeline, answers, replacement, until_at_work } =
        replaced::run(&Options::workers(2), tasks, 5_000)?;
    stage.timeline(
        format!(
            "{tasks} tasks of 5 ms on two workers; after a third of the results one of the workers \
             gets a SIGKILL (kill -9) in the middle of a task, which another worker then does:"
        ),
        timeline,
    );
    let lost = answers.iter().filter(|&&times| times == 0).count();
    let twice = answers.iter().filter(|&&times| times > 1).count();
    stage.check(
        "no task is lost, and none is answered twice",
        format!("of {tasks}, {lost} lost and {twice} twice"),
        lost == 0 && twice == 0,
        "that would be an error in the pool",
    );
    stage.check(
        "another worker is at its place within 5 ms of the kill",
        format!(
            "reaped and started in {}, at work {} after the kill",
            human(replacement.took),
            human(until_at_work)
        ),
        until_at_work.as_millis() < 5,
        "another program has this machine's cores: the new process had to wait for one",
    );
    Ok(())
}
