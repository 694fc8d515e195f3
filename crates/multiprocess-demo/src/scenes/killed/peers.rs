//! What Python's two pools do when a worker is killed.

use std::time::Duration;

use stage::{Stage, Table};

use crate::scenes::python;

/// Prints for each pool: how many of 20 tasks were answered, how many failed, and how many are
/// still waited for; then whether it takes another task.
const KILLED: &str = include_str!("killed.py");

/// Of these 20 tasks, one kills its worker.
const TASKS: usize = 20;

pub(super) fn play(stage: &mut Stage<'_>) {
    let rows = match python::say(KILLED, Duration::from_secs(20)) {
        None => {
            stage.say("There is no python3 on the PATH, so what its pools do is not shown.");
            return;
        }
        Some(Err(why)) => {
            stage.say(format!("What Python's pools do is not shown: {why}."));
            return;
        }
        Some(Ok(rows)) => rows,
    };
    stage.say(format!(
        "The same in Python: {TASKS} tasks, of which one kills its worker, by os.kill(os.getpid(), \
         SIGKILL). Who waits for a result gives up after half a second:"
    ));
    let mut table = Table::new(["", "answered", "failed", "no answer", "the next task"]);
    let mut counted = Vec::new();
    for row in &rows {
        let cells: Vec<_> = row.split(',').collect();
        if let [name, answered, failed, lost, next] = cells[..] {
            table.row([name, answered, failed, lost, next]);
            counted.push([answered, failed, lost].map(|text| text.parse().unwrap_or(TASKS)));
        }
    }
    stage.table(&table);
    let [executor, pool] = counted[..] else { return };
    stage.check(
        "ProcessPoolExecutor fails the tasks of all workers with BrokenProcessPool, not only the one",
        format!("{} failed", executor[1]),
        executor[1] > 1,
        "this Python's executor replaces its workers: an older or newer one than was known",
    );
    stage.check(
        "multiprocessing.Pool replaces the worker, and forgets the task: its result never comes",
        format!("{} of {TASKS} answered, {} never", pool[0], pool[2]),
        pool[0] == TASKS - 1 && pool[2] == 1,
        "this Python's Pool retries, or this machine was too slow for half a second",
    );
}
