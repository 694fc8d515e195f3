//! The broker full, locked, away, and gone in mid-run.

mod file;
mod server;

use stage::{Result, Scene, Stage, Table};

use crate::redis_server;

/// Clear errors, nothing lost, and on it goes.
pub const SCENE: Scene = Scene {
    name: "gone",
    title: "the broker full, locked, away, gone",
    claim: "Now everything hangs on the broker. When it can't do what it is asked, whoever asked is told so \
            in a line, and nothing is half done; when it is back, the workers come back by themselves. \
            What it has once taken it still has.",
    play,
    try_this: "in crates/scale-out-demo/src/redis_server.rs, let words() say --appendonly no: a \
               server that is killed has forgotten everything, and the jobs are waited for in \
               vain.",
    read: "crates/scale-out-demo/src/worker.rs, run(), and \
           crates/scale-out-demo/src/scenes/gone/server.rs",
};

/// What was done to the broker, and what came of it.
struct Fault {
    what: &'static str,
    /// What whoever pushed was told.
    said: String,
    /// How many of the jobs that were to be pushed then were there all the same.
    half_done: usize,
    /// Afterwards: how many of all the jobs were done, and how many there were.
    done: usize,
    jobs: usize,
    /// Whether the totals were right in the end.
    right: bool,
}

fn play(stage: &mut Stage<'_>) -> Result {
    let mut faults = vec![file::away()?, file::full()?, file::locked()?];
    let mut trouble = None;
    if redis_server::installed() {
        let (fault, told) = server::killed()?;
        faults.push(fault);
        trouble = Some(told);
    }
    let mut table = Table::new(["the broker", "whoever pushes is told", "then done"]);
    for fault in &faults {
        let done = format!("{} of {}", fault.done, fault.jobs);
        table.row([fault.what, &fault.said, &done]);
    }
    stage.table(&table);
    for fault in faults {
        stage.check(
            format!("{}: it is said, nothing is half pushed, and then all is done", fault.what),
            format!(
                "{} half pushed, {} of {} done, the totals {}",
                fault.half_done,
                fault.done,
                fault.jobs,
                if fault.right { "right" } else { "wrong" }
            ),
            !fault.said.is_empty()
                && fault.half_done == 0
                && fault.done == fault.jobs
                && fault.right,
            "the engine has lost a job, or kept one that it refused",
        );
    }
    match trouble.as_deref() {
        Some([first, ..]) => {
            let workers = trouble.iter().flatten().count();
            stage.say(format!("Meanwhile, from {workers} workers: \u{201c}{first}\u{201d}."));
        }
        Some([]) => stage.say("Meanwhile, no worker had anything to say of it."),
        None => stage.say(
            "Skipped: a server that is killed in mid-run and comes back. That needs redis-server, which is \
             not installed here.",
        ),
    }
    Ok(())
}
