//! The hundred tasks: the pictures, the counts and the verdicts.

use std::time::Duration;

use stage::{Stage, Table, Timeline, human};

use super::ASLEEP;
use super::hundred::{ASKING, COMPUTING, Run, TASKS, TICKING};
use super::lanes::{all_compute, excerpt, longest_poll, waiting};

/// How much of the run the second picture shows, and how much of that lies before the last of those
/// that compute has begun.
const CLOSE: Duration = Duration::from_micros(1_800);
const BEFORE: Duration = Duration::from_micros(800);

pub(super) fn play(stage: &mut Stage<'_>, run: &Run) {
    stage.say(format!(
        "{TASKS} tasks on one thread: {ASKING} ask the slow service twice, {COMPUTING} ask it once \
         and then compute in turns, {TICKING} tick. Some of them, and the loop. Who computes is being \
         polled; most polls are too short to be seen here.",
    ));
    let all = Duration::ZERO..run.tasks.end();
    let some = [("asks", 4), ("computes", 3), ("ticks", 2)];
    stage.timeline("From beginning to end:", excerpt(run, &all, some));
    let from = all_compute(&run.tasks).saturating_sub(BEFORE);
    let moment = from..from + CLOSE;
    let some = [("asks", 3), ("computes", 5), ("ticks", 2)];
    stage.timeline(
        format!(
            "A moment of it: the first replies are here, all at once. Who asks has the next question \
             on its way in one short poll, and waits again; those that compute go behind every poll \
             to the end of the queue. Nobody has the loop for longer than the longest poll: {}.",
            human(longest_poll(&run.tasks, &moment)),
        ),
        excerpt(run, &moment, some),
    );
    counts(stage, run);
    verdicts(stage, run);
}

fn counts(stage: &mut Stage<'_>, run: &Run) {
    let counts = run.counts;
    stage.say("What each part of the runtime did (Runtime::counts()):");
    let mut table = Table::new(["", "times", "what that is"]);
    let mut row = |what: &str, times: u64, is: &str| table.row([what, &times.to_string(), is]);
    row("spawned", counts.spawned, "a future came: the tasks, and block_on's own");
    row(
        "wakes",
        counts.wakes,
        "a waker put a task into the run queue: the reactor's (a socket is ready), the timers', \
         another task's, or its own (yield_now)",
    );
    row("polls", counts.polls, "the loop took a task from the run queue, and moved it on");
    row("looks", counts.looks, "the loop asked the poller which sockets and timers are ready");
    row(
        "sleeps",
        counts.sleeps,
        "so it did with an empty run queue: the thread slept until one was",
    );
    stage.table(&table);
    stage.say(
        "(asyncio has the same parts: a deque of callbacks is its run queue, a heap its timers, a \
         selector its poller.)",
    );
}

fn verdicts(stage: &mut Stage<'_>, run: &Run) {
    let at_once = run.tasks.at_once("computing");
    stage.check(
        "never are two tasks polled at the same instant: concurrent, not parallel",
        format!("{at_once} at once"),
        at_once == 1,
        "one thread can't do two things at once: please report this",
    );
    let tasks = waiting(&run.tasks);
    let at_once = tasks.at_once("waiting");
    stage.check(
        format!("all {TASKS} of them wait at the same instant"),
        format!("{at_once} at once"),
        at_once == TASKS,
        "the service answers the first only when all have asked: please report this",
    );
    let counts = run.counts;
    stage.check(
        "nobody is polled for nothing: at most once for each wake and each spawn",
        format!("{} polls, {} wakes and {} spawns", counts.polls, counts.wakes, counts.spawned),
        counts.polls <= counts.wakes + counts.spawned,
        "a poll that nobody asked for: please report this",
    );
    let asleep = Timeline { lanes: vec![run.the_loop.clone()] }.time_in("the loop", ASLEEP);
    stage.check(
        "the loop sleeps when nobody may run: its thread computes for less than half of the time",
        format!(
            "{} of processor time in {}, and {} times {} in the poller",
            human(run.cpu),
            human(run.wall),
            counts.sleeps,
            human(asleep / u32::try_from(counts.sleeps.max(1)).unwrap_or(u32::MAX)),
        ),
        run.cpu * 2 < run.wall,
        "This core is so slow that what the ten compute takes most of the time.",
    );
    match run.threads {
        Some((before, then)) => stage.check(
            "no thread was started for any of them",
            format!("{then} threads with the tasks, {before} before"),
            then <= before,
            "something else in this process has started one",
        ),
        None => stage.say("How many threads there are is left out: it is read from Linux's /proc."),
    }
}
