//! What it costs to start a task, and to let another have its turn.

use std::thread;

use stage::{Contest, Result, Stage, Table, human};

use crate::runtime::{Runtime, spawn, yield_now};

/// How often a round does the thing.
const OFTEN: u32 = 20_000;
/// The same for what takes microseconds.
const TIMES: u32 = 200;

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let runtime = &Runtime::new()?;
    let mut contest = Contest::new();
    contest.enter("yield_now().await", || {
        runtime.block_on(async {
            for _ in 0..OFTEN {
                yield_now().await;
            }
        });
        Ok(())
    });
    contest.enter("spawn(async {}).await", || {
        let started = runtime.block_on(async {
            for _ in 0..OFTEN {
                spawn(async {}).await?;
            }
            Ok(())
        });
        started.map_err(|_: crate::runtime::Failed| "an empty task panicked".into())
    });
    contest.enter("thread::spawn().join()", || {
        let once = |_| {
            let thread = thread::Builder::new().spawn(|| ())?;
            thread.join().map_err(|_| "an empty thread panicked".into())
        };
        (0..TIMES).try_for_each(once)
    });
    let times = contest.run(stage.pick(15, 5))?;
    let [yields, task, thread] = &times[..] else { return Ok(()) };

    stage.say("What it costs, when there is nothing to do (medians of rounds in turns):");
    let mut table = Table::new(["", "once", "what there is to do"]);
    let rows = [
        (yields, OFTEN, "out of the poll, into the run queue and back"),
        (task, OFTEN, "memory for it, a poll, its result handed over, memory back"),
        (thread, TIMES, "a stack, clone(2), a switch, an end"),
    ];
    for (times, often, what) in rows {
        table.row([&times.name, &human(times.median() / often), what]);
    }
    stage.table(&table);
    let ratio = task.speed_up_over(thread) * f64::from(OFTEN) / f64::from(TIMES);
    stage.check(
        "to start a task and wait for its end costs a fiftieth of the same with a thread, at most",
        format!("{ratio:.0} times less"),
        ratio >= 50.0,
        "Other programs had the core in the rounds of the tasks.",
    );
    Ok(())
}
