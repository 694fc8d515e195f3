//! The hundred tasks: the pictures, the counts and the verdicts.

use std::cmp::Reverse;
use std::ops::Range;
use std::time::Duration;

use stage::timeline::{Finished, Span};
use stage::{Stage, Table, Timeline, human};

use super::hundred::{ASKING, COMPUTING, Run, TASKS, TICKING};
use super::{ASLEEP, REPLY, TASK};

/// How much of the run the second picture shows, and how much of that lies before the last of those
/// that compute has begun.
const CLOSE: Duration = Duration::from_micros(2_500);
const BEFORE: Duration = Duration::from_micros(1_000);

pub(super) fn play(stage: &mut Stage<'_>, run: &Run) {
    stage.say(format!(
        "{TASKS} tasks on one thread: {ASKING} ask the slow service twice, {COMPUTING} ask it once \
         and then compute in turns, {TICKING} tick. Some of them, and the loop; black is a poll. Most \
         polls are too short to be seen here.",
    ));
    let all = Duration::ZERO..run.tasks.end();
    let some = [("asks", 4), ("computes", 3), ("ticks", 2)];
    stage.timeline("From beginning to end:", excerpt(run, &all, some));
    let from = all_compute(&run.tasks).saturating_sub(BEFORE);
    let some = [("asks", 3), ("computes", 5), ("ticks", 2)];
    stage.timeline(
        "A moment of it: the first replies are here, all at once. Who asks has the next question on \
         its way in one short poll; those that compute take turns. Each lets the others go first \
         behind every poll, and so nobody waits for long.",
        excerpt(run, &(from..from + CLOSE), some),
    );
    counts(stage, run);
    verdicts(stage, run);
}

/// Some lanes of each kind, those that were polled most often then, and the loop's.
fn excerpt(run: &Run, time: &Range<Duration>, kinds: [(&str, usize); 3]) -> Timeline {
    let cut = |lanes| Timeline { lanes }.excerpt(time.start, time.end).lanes;
    let tasks = cut(run.tasks.lanes.clone());
    let mut lanes = Vec::new();
    for (kind, some) in kinds {
        let mut those: Vec<_> =
            tasks.iter().enumerate().filter(|(_, lane)| lane.name.starts_with(kind)).collect();
        let polls = |lane: &Finished| lane.spans.iter().filter(|s| s.state == "computing").count();
        those.sort_by_key(|(_, lane)| Reverse(polls(lane)));
        those.truncate(some);
        those.sort_by_key(|(place, _)| *place);
        lanes.extend(those.into_iter().map(|(_, lane)| lane.clone()));
    }
    lanes.extend(cut(vec![run.the_loop.clone()]));
    Timeline { lanes }
}

/// When the last of those that compute had its reply: from then on all of them want a turn.
fn all_compute(tasks: &Timeline) -> Duration {
    let computing = tasks.lanes.iter().filter(|lane| lane.name.starts_with("computes"));
    let reply = |lane: &Finished| lane.spans.iter().rfind(|span| span.state == REPLY).copied();
    computing.filter_map(reply).map(|span| span.to).max().unwrap_or_default()
}

/// The tasks, with only one word for whatever a task waits for. `block_on`'s own future, which only
/// waits for the others, is left out.
pub(super) fn waiting(tasks: &Timeline) -> Timeline {
    let word = |span: &Span| match span.state {
        "computing" => *span,
        _ => Span { state: "waiting", ..*span },
    };
    let lane = |lane: &Finished| Finished {
        name: lane.name.clone(),
        spans: lane.spans.iter().filter(|span| span.state != TASK).map(word).collect(),
    };
    Timeline { lanes: tasks.lanes.iter().map(lane).collect() }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenes::runtime::hundred;
    use workloads::Service;

    #[test]
    fn all_wait_at_once_and_no_two_are_polled_at_once() {
        let service = Service::start().unwrap();
        let run = hundred::run(service.address()).unwrap();
        assert_eq!(waiting(&run.tasks).at_once("waiting"), TASKS);
        assert_eq!(run.tasks.at_once("computing"), 1);
    }
}
