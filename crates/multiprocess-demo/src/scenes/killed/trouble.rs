//! Tasks that go wrong, each in its way, among twenty that don't.

use std::time::Duration;

use stage::{Result, Stage, Table};

use crate::Function;
use crate::jobs::REPERTOIRE;
use crate::jobs::faults::{END, HANG, PANIC};
use crate::pool::{Failure, Options, Pool, Terms};

/// How many tasks there are, and which of them goes wrong.
pub const TASKS: u64 = 21;
/// See [`TASKS`].
pub const CULPRIT: usize = 9;

/// What became of them.
pub struct Outcome {
    /// Those that were answered rightly, by their numbers.
    pub answered: Vec<usize>,
    /// Those that were not.
    pub failures: Vec<Failure>,
    /// How many workers it has cost.
    pub workers_lost: usize,
}

/// Twenty tasks with even numbers, and one with an odd number, at which the function goes wrong.
///
/// # Errors
/// If there is no pool to be had.
pub fn run(options: &Options, terms: Terms, function: &Function<u64, u64>) -> Result<Outcome> {
    let mut pool = Pool::new(REPERTOIRE, options.clone())?;
    let number = |task: u64| 2 * task + u64::from(task as usize == CULPRIT);
    let (mut answered, mut failures) = (Vec::new(), Vec::new());
    for (task, result) in pool.imap_unordered(terms, function, (0..TASKS).map(number)) {
        match result {
            Ok(returned) if returned == number(task as u64) => answered.push(task),
            Ok(wrong) => return Err(format!("task {task} returned {wrong}").into()),
            Err(failure) => failures.push(failure),
        }
    }
    answered.sort_unstable();
    Ok(Outcome { answered, failures, workers_lost: pool.replacements().len() })
}

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let deadline = Some(Duration::from_millis(stage.pick(100, 50)));
    let alone = Terms { deadline, ..Terms::default() };
    let cases: [(&str, Terms, &Function<u64, u64>); 4] = [
        ("panics", alone, &PANIC),
        ("kills its worker", alone, &END),
        ("the same, in a chunk of 7", Terms { chunk: 7, ..alone }, &END),
        ("never ends", Terms { tries: 2, ..alone }, &HANG),
    ];
    stage.say(format!(
        "{TASKS} tasks, of which task {CULPRIT} goes wrong. A worker that dies costs the task that it \
         was at one try; of a chunk, each item goes on alone after that."
    ));
    let mut table =
        Table::new(["the one task", "answered", "workers lost", "what is said of the one"]);
    let (mut all, mut counts) = (true, Vec::new());
    for (what, terms, function) in cases {
        let Outcome { answered, failures, workers_lost } =
            run(&Options::workers(2), terms, function)?;
        all &= answered.len() as u64 == TASKS - 1
            && matches!(&failures[..], [one] if one.item == CULPRIT);
        let said: Vec<_> = failures.iter().map(ToString::to_string).collect();
        let row = [answered.len(), workers_lost].map(|count| count.to_string());
        table.row([what, &row[0], &row[1], &said.join("; ")]);
        counts.push(row[0].clone());
    }
    stage.table(&table);
    stage.check(
        format!("each time task {CULPRIT} alone fails, and the other {} are answered", TASKS - 1),
        format!("{} answered", counts.join(", ")),
        all,
        "a machine so busy that other tasks missed their deadline too",
    );
    Ok(())
}
