//! The contestants: four runtimes, and what each is asked to do.

mod async_std;
mod countdown;
mod event_loop;
mod jobs;
mod smol;
mod tokio;

use std::time::Duration;

/// What a runtime is asked to do.
#[derive(Clone, Copy)]
pub enum Job {
    /// 200 tasks, each of which lets the others go first 1,000 times.
    YieldMany,
    /// 10,000 tasks that do nothing.
    SpawnMany,
    /// A task that starts a task that starts a task, 1,000 times.
    ChainedSpawn,
    /// 1,000 tasks, each of which starts another, tells it something, and waits for its answer.
    PingPong,
    /// 1,000 tasks, each of which lets the others go first so many times.
    Yields(u64),
    /// So many times: starts a task, and waits for its end.
    SpawnAndAwait(u64),
    /// So many tasks that sleep for at least so long, the last for so much longer than the first.
    Sleeps { tasks: u32, least: Duration, spread: Duration },
    /// So many sleeps of one millisecond, one after another: how late was each?
    Late(u64),
}

/// How long the sleeps are whose lateness is measured.
pub const SHORT: Duration = Duration::from_millis(1);

/// A runtime that stands ready.
pub struct Contestant {
    /// Its name in tables.
    pub name: &'static str,
    /// Does a job, and tells how late it was, if that was asked.
    pub run: Box<dyn Fn(Job) -> Vec<Duration>>,
}

/// All of them, the first once more at the end.
pub fn contestants() -> [Contestant; 5] {
    let contestant = |name, run| Contestant { name, run };
    [
        contestant("event loop", event_loop::contestant()),
        contestant("tokio", tokio::contestant()),
        contestant("smol", smol::contestant()),
        contestant("async-std", async_std::contestant()),
        contestant("event loop again", event_loop::contestant()),
    ]
}
