//! A pipeline of three stages, as threads with channels and as processes with pipes.

use std::io::ErrorKind;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::bounded;
use stage::{Result, Stage, Table, human};

use super::unix;

/// How many lines each channel holds. A pipe holds 64 KiB on Linux (pipe(7)).
const BUFFER: usize = 64;

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let numbers = stage.pick(100_000, 20_000);
    let ((ours, ours_took), (theirs, theirs_took)) =
        match (timed(|| Ok(in_threads(numbers))), timed(|| in_processes(numbers))) {
            (Ok(ours), Ok(theirs)) => (ours, theirs),
            (_, Err(why)) if is_missing(why.as_ref()) => {
                stage.say(format!("The Unix pipeline is left out: {why}."));
                return Ok(());
            }
            (Err(why), _) | (_, Err(why)) => return Err(why),
        };
    stage.say("A Unix pipeline is the same idea: a stage each, a bounded buffer between them.");
    let mut table = Table::new(["", "processes, pipes", "threads, channels"]);
    let seq = format!("seq 1 {numbers}");
    table.row(["source", &seq, "number.to_string()"]);
    table.row(["filter", "grep 7", "line.contains('7')"]);
    table.row(["sink", "wc -l", "matches.iter().count()"]);
    table.row(["handed on", "many lines a call", "line by line"]);
    table.row(["buffer", "64 KiB (Linux)", &format!("{BUFFER} lines")]);
    table.row(["answer", &theirs.to_string(), &ours.to_string()]);
    table.row(["took", &human(theirs_took), &human(ours_took)]);
    stage.table(&table);
    stage.check(
        "threads with channels and processes with pipes give the same answer",
        format!("{ours} and {theirs} lines"),
        ours == theirs,
        "seq, grep or wc of this machine are not the usual ones",
    );
    Ok(())
}

fn timed<T>(run: impl FnOnce() -> Result<T>) -> Result<(T, Duration)> {
    let start = Instant::now();
    Ok((run()?, start.elapsed()))
}

pub(super) fn is_missing(why: &(dyn std::error::Error + 'static)) -> bool {
    why.downcast_ref::<std::io::Error>().is_some_and(|why| why.kind() == ErrorKind::NotFound)
}

/// How many of the numbers from 1 have the digit 7.
fn in_threads(numbers: usize) -> usize {
    let (lines, read) = bounded(BUFFER);
    let (found, matches) = bounded(BUFFER);
    thread::scope(|scope| {
        scope.spawn(move || {
            for number in 1..=numbers {
                lines.send(number.to_string()).expect("the filter reads to the end");
            }
        });
        scope.spawn(move || {
            for line in read.iter().filter(|line| line.contains('7')) {
                found.send(line).expect("the sink reads to the end");
            }
        });
        matches.iter().count()
    })
}

fn in_processes(numbers: usize) -> Result<usize> {
    let piped = unix::pipe(&format!("seq 1 {numbers} | grep 7 | wc -l"))?;
    Ok(piped.output.trim().parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_that_of_the_complement() {
        // Of the numbers below 10⁴, 9⁴ have no 7.
        assert_eq!(in_threads(9_999), 9_999 - (9_usize.pow(4) - 1));
    }
}
