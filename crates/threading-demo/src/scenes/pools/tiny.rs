//! Twenty thousand tasks of some nanoseconds each: what the handing over costs.

use std::hint::black_box;

use rayon::prelude::*;
use stage::{Contest, Result, Stage, Table, human};
use workloads::chain;

use crate::Pool;
use crate::solve::cores;

const TASKS: usize = 20_000;

/// One task: eight links of a chain, some 20 ns.
fn task(number: usize) -> u64 {
    (0..8).fold(number as u64, |state, _| chain::link(state))
}

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let pool = &Pool::new(cores())?;
    let known = one_after_another();
    let mut contest = Contest::new();
    contest.enter("one after another", || right(one_after_another(), known));
    contest.enter("a pool job each", || {
        let jobs: Vec<_> = (0..TASKS).map(|number| pool.spawn(move || task(number))).collect();
        let sum = jobs.into_iter().map(|job| job.join().expect("a task does not panic"));
        right(sum.fold(0, u64::wrapping_add), known)
    });
    contest.enter("Pool::share", || {
        let sums = pool.share(TASKS, |claims| claims.map(task).fold(0, u64::wrapping_add));
        right(sums.into_iter().fold(0, u64::wrapping_add), known)
    });
    contest.enter("rayon par_iter", || {
        let tasks = (0..TASKS).into_par_iter();
        right(tasks.map(task).reduce(|| 0, u64::wrapping_add), known)
    });
    let times = contest.run(stage.pick(25, 9))?;

    stage.say(format!("{TASKS} tasks of some nanoseconds each, the time for all and for one:"));
    let mut table = Table::new(["", "all", "a task"]);
    for way in &times {
        table.row([&way.name, &human(way.median()), &human(way.median() / TASKS as u32)]);
    }
    stage.table(&table);
    let slower = times[2].speed_up_over(&times[1]);
    stage.check(
        "a job for each costs at least 3 times what sharing them out in chunks does",
        format!("{slower:.1} times"),
        slower >= 3.0,
        "Each job is an allocation, a lock and perhaps a wake-up: this machine is good at these.",
    );
    Ok(())
}

fn one_after_another() -> u64 {
    black_box(0..TASKS).map(task).fold(0, u64::wrapping_add)
}

fn right(sum: u64, known: u64) -> Result {
    if sum == known { Ok(()) } else { Err("a task was lost".into()) }
}
