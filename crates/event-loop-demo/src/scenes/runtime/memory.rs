//! The memory of a task that waits, from the operating system's books.

use std::fs;
use std::future::pending;
use std::io;
use std::time::Duration;

use stage::{Result, Stage, Table};

use crate::runtime::{Runtime, sleep, spawn, yield_now};

/// How many are started before the others have their turn, so that the run queue stays short.
const BATCH: usize = 1_000;

/// Bytes.
struct Each {
    future: usize,
    /// Resident memory, the future included.
    all: f64,
}

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let count = stage.pick(100_000, 10_000);
    let Some(idle) = each(count, pending::<()>)? else {
        stage.say("The memory of a task is left out: it is read from Linux's /proc.");
        return Ok(());
    };
    let hour = Duration::from_secs(3_600);
    let Some(sleeping) = each(count, move || sleep(hour))? else { return Ok(()) };
    stage.say(format!("What each of {count} tasks takes, in bytes of resident memory:"));
    let mut table = Table::new(["a task that", "takes", "its future", "beside it", "which is"]);
    for (what, Each { future, all }, is) in [
        (
            "waits",
            &idle,
            "what the runtime knows of it, its place in the table, and what the allocator adds",
        ),
        ("sleeps", &sleeping, "that, and an alarm in the timers' tree with the waker to call"),
    ] {
        let beside = all - *future as f64;
        table.row([what, &format!("{all:.0}"), &future.to_string(), &format!("{beside:.0}"), is]);
    }
    stage.table(&table);
    stage.check(
        "a task that waits takes at most 128 bytes beside its future",
        format!("{:.0} bytes", idle.all - idle.future as f64),
        idle.all - idle.future as f64 <= 128.0,
        "this system's allocator rounds up further",
    );
    stage.check(
        "one that sleeps takes at most 200, its future included",
        format!("{:.0} bytes", sleeping.all),
        sleeping.all <= 200.0,
        "this system's allocator rounds up further",
    );
    Ok(())
}

/// What one of so many tasks takes. Nothing where there are no such books.
fn each<F: Future<Output = ()> + 'static>(
    count: usize,
    future: impl Fn() -> F,
) -> io::Result<Option<Each>> {
    let runtime = Runtime::new()?;
    // The first of them take the memory that others have left behind; what comes then is new.
    start(&runtime, count, &future);
    let Some(before) = resident() else { return Ok(None) };
    start(&runtime, count, &future);
    let Some(after) = resident() else { return Ok(None) };
    let all = after.saturating_sub(before) as f64 / count as f64;
    Ok(Some(Each { future: size_of::<F>(), all }))
}

/// Starts so many, and lets each have its first turn: from then on they wait.
fn start<F: Future<Output = ()> + 'static>(
    runtime: &Runtime,
    count: usize,
    future: &impl Fn() -> F,
) {
    runtime.block_on(async {
        for _ in 0..count / BATCH {
            (0..BATCH).for_each(|_| drop(spawn(future())));
            yield_now().await;
        }
    });
}

/// How much memory this process has, in bytes: proc(5). `status` has this figure too, but only about.
fn resident() -> Option<usize> {
    let books = fs::read_to_string("/proc/self/smaps_rollup").ok()?;
    let line = books.lines().find_map(|line| line.strip_prefix("Rss:"))?;
    let kib: usize = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_are_started_wait_and_end_with_their_runtime() {
        let runtime = Runtime::new().unwrap();
        start(&runtime, 3 * BATCH, &pending::<()>);
        assert_eq!(runtime.tasks(), 3 * BATCH);
        // Each was polled once, and nobody again.
        let counts = runtime.counts();
        assert_eq!(counts.polls, counts.wakes + counts.spawned);
    }
}
