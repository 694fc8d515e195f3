//! A run on two workers. After a third of the results one of them is killed, in the middle of a task.

use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use stage::timeline::Span;
use stage::{Mark, Result, Timeline, Weight};

use crate::jobs::{REPERTOIRE, timed};
use crate::pool::{Options, Pool, Replacement, Terms};
use crate::scenes::lanes::{lanes, name};

/// What the worker was at when it was killed.
pub const LOST: Mark = Mark { state: "lost", glyph: '×', weight: Weight::Striking };

/// What became of the run.
pub struct Replaced {
    /// Who worked when.
    pub timeline: Timeline,
    /// How often each task was answered.
    pub answers: Vec<usize>,
    /// What the pool says of the death.
    pub replacement: Replacement,
    /// From the kill to the first task that the new worker began.
    pub until_at_work: Duration,
}

/// A run of so many tasks that compute for so many microseconds each.
///
/// # Errors
/// If there is no pool to be had, a task fails, or nobody took the place of who was killed.
pub fn run(options: &Options, tasks: usize, micros: u64) -> Result<Replaced> {
    let mut pool = Pool::new(REPERTOIRE, options.clone())?;
    // So that the workers are there, and the pool knows how long a task takes.
    pool.map(Terms::default(), &timed::STRETCH, [micros; 4])?;
    let (before, start) = (pool.workers(), timed::now());
    let mut answers = vec![0; tasks];
    let mut ran = Vec::new();
    let mut killed = None;
    let items = std::iter::repeat_n(micros, tasks);
    for (task, result) in pool.imap_unordered(Terms::default(), &timed::STRETCH, items) {
        answers[task] += 1;
        ran.push((task + 1, result?));
        if ran.len() == tasks / 3 {
            // Who has just answered has the next task already, and is in the middle of it now.
            thread::sleep(Duration::from_micros(micros / 2));
            let (process, ..) = ran[ran.len() - 1].1;
            kill(Pid::from_raw(process.cast_signed()), Signal::SIGKILL)?;
            killed = Some((process, timed::now()));
        }
    }
    let (victim, killed) = killed.ok_or("too few tasks")?;
    let known = |process: u32| before.iter().any(|pid| pid.as_raw().cast_unsigned() == process);
    let new = ran.iter().filter(|(_, (process, ..))| !known(*process)).map(|(_, ran)| ran.1).min();
    let until_at_work = Duration::from_nanos(new.ok_or("nobody new")?.saturating_sub(killed));
    let mut timeline = lanes(start, &ran);
    if let Some(lane) = timeline.lanes.iter_mut().find(|lane| lane.name == name(victim)) {
        let from = lane.spans.last().map_or(Duration::ZERO, |span| span.to);
        let to = Duration::from_nanos(killed - start).max(from);
        lane.spans.push(Span { state: LOST.state, item: None, from, to });
    }
    let replacement = *pool.replacements().first().ok_or("nobody was replaced")?;
    Ok(Replaced { timeline, answers, replacement, until_at_work })
}
