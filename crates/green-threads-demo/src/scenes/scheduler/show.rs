//! The nine green threads: picture, figures and verdicts.

use std::time::Duration;

use stage::timeline::{Finished, Span};
use stage::{Stage, Table, Timeline, human};

use super::THREAD;
use super::diary::Written;
use super::errand::{ALL, Run};
use super::observer::Sample;
use crate::green::stack::SIZE;

/// How long a look for the next may take; above it, somebody has slept.
const LOOK: Duration = Duration::from_micros(150);

pub(super) fn play(stage: &mut Stage<'_>, run: &Run) {
    stage.say(format!(
        "{ALL} green threads and main, which spawns them and waits for their ends. First all {ALL} ask \
         the slow service, which answers when all have; then three ask again, three sleep, and \
         three compute in turns before they ask:"
    ));
    stage
        .timeline("Who did what. In each gap, one slept for all:", run.written.with_sleepers(LOOK));
    sleepers(stage, run);
    one_thread(stage, run);
    let waiting = waiting(&run.written.lanes);
    let [computing, waiting] = [run.written.lanes.at_once("computing"), waiting.at_once("waiting")];
    stage.check(
        "never do two compute at the same instant",
        format!("{computing} at once"),
        computing == 1,
        "One thread can't do two things at once: please report this.",
    );
    stage.check(
        format!("all {ALL} wait at the same instant"),
        format!("{waiting} at once"),
        waiting == ALL,
        "The service answers the first only when all have asked: please report this.",
    );
    stage.check(
        "while all wait the thread sleeps: it computes for less than half of the time",
        format!("{} of processor time in {}", human(run.cpu), human(run.wall)),
        run.cpu * 2 < run.wall,
        "This core is so slow that what the three compute takes most of the time.",
    );
}

/// Who has slept, and for how long.
fn sleepers(stage: &mut Stage<'_>, run: &Run) {
    let Written { lanes, gaps, .. } = &run.written;
    let slept = |who| gaps.iter().filter(move |gap| gap.who == who && gap.to - gap.from > LOOK);
    let mut table = Table::new(["who waited last", "times", "nobody ran for", "samples"]);
    let seen = Seen::of(&run.written, &run.samples);
    let mut different = 0;
    for (who, lane) in lanes.lanes.iter().enumerate() {
        let times = slept(who).count();
        if times > 0 {
            different += 1;
            let long = slept(who).map(|gap| gap.to - gap.from).sum();
            let cells = [times.to_string(), human(long), seen.on_stack_of[who].to_string()];
            table.row([&lane.name, &cells[0], &cells[1], &cells[2]]);
        }
    }
    stage.say(
        "Who waited last before a gap; and, in samples from outside (/proc tells a sleeping thread's \
         stack pointer and system call), on whose stack the thread lay asleep in the poller:",
    );
    stage.table(&table);
    stage.check(
        "there is no scheduler thread: now one sleeps for all, now another",
        format!("{different} different ones slept"),
        different >= 2,
        "All gaps fell to the same one: so short was what the others waited for.",
    );
    if run.samples.is_empty() {
        stage.say("The samples are left out: they are read from Linux's /proc.");
        return;
    }
    let Seen { right, wrong, elsewhere, .. } = seen;
    if right == 0 && run.samples.iter().all(|sample| owner(&run.written.homes, sample.sp).is_none())
    {
        stage.say(
            "The samples say nothing: the stack pointer is none of this program's, as where another \
             processor is emulated.",
        );
        return;
    }
    let asleep = right + wrong + elsewhere;
    stage.check(
        "whenever the thread is asleep it sleeps in the poller, on the stack of who waited last",
        format!(
            "{right} of {asleep} samples, {wrong} on another stack, {elsewhere} in another call"
        ),
        right > 0 && wrong == 0 && elsewhere * 10 <= asleep,
        "A green thread has called what puts the system's thread to sleep: all others waited for \
         that.",
    );
}

fn one_thread(stage: &mut Stage<'_>, run: &Run) {
    let numbers: Vec<_> = run.ran_on.iter().map(|thread| format!("{thread:?}")).collect();
    stage.check(
        "they all ran on one thread of the operating system",
        numbers.join(", "),
        numbers.len() == 1,
        "A green thread has moved: please report this.",
    );
    match run.threads {
        Some((before, most)) => stage.check(
            "and none was started for any of them",
            format!("{most} threads with the service's and the observer's, {before} before"),
            most <= before,
            "Something else in this process has started one.",
        ),
        None => stage.say("How many threads there are is left out: it is read from Linux's /proc."),
    }
}

/// What the samples say.
struct Seen {
    /// In the poller, on each one's stack.
    on_stack_of: Vec<usize>,
    /// On the stack of who waited last; on another's; or not in the poller.
    right: usize,
    wrong: usize,
    elsewhere: usize,
}

impl Seen {
    fn of(written: &Written, samples: &[Sample]) -> Seen {
        let mut seen =
            Seen { on_stack_of: vec![0; written.homes.len()], right: 0, wrong: 0, elsewhere: 0 };
        for sample in samples {
            // Of a look that began in one gap and ended in another, nobody knows what it saw.
            let within = |from, to| from <= sample.from && sample.to <= to;
            let Some(gap) = written.gaps.iter().find(|gap| within(gap.from, gap.to)) else {
                continue;
            };
            let owner = owner(&written.homes, sample.sp);
            if !sample.in_poller {
                seen.elsewhere += 1;
            } else if owner == Some(gap.who) {
                seen.right += 1;
            } else {
                seen.wrong += 1;
            }
            if let Some(owner) = owner.filter(|_| sample.in_poller) {
                seen.on_stack_of[owner] += 1;
            }
        }
        seen
    }
}

/// What lies above a local of a thread's first function, at most: the frames in which it begins, and
/// from which it looks for the next when it has ended. No more than a guard of the stack above.
const FIRST_FRAMES: usize = 4096;

/// On whose stack that lies: stacks grow downwards, so it is below what the first frames end at.
fn owner(homes: &[usize], sp: usize) -> Option<usize> {
    let end = |home: usize| home + FIRST_FRAMES;
    let above = homes.iter().enumerate().filter(|(_, home)| (sp..sp + SIZE).contains(&end(**home)));
    above.min_by_key(|(_, home)| **home).map(|(who, _)| who)
}

/// The lanes with one word for whatever is waited for; without main, which only waits for the others.
fn waiting(lanes: &Timeline) -> Timeline {
    let word = |span: &Span| match span.state {
        "computing" => *span,
        _ => Span { state: "waiting", ..*span },
    };
    let lane = |lane: &Finished| Finished {
        name: lane.name.clone(),
        spans: lane.spans.iter().filter(|span| span.state != THREAD).map(word).collect(),
    };
    Timeline { lanes: lanes.lanes.iter().map(lane).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_belongs_to_the_nearest_stack_above_it() {
        let homes = [0x9_0000, 0x5_0000, 0xd_0000];
        assert_eq!(owner(&homes, 0x4_f000), Some(1));
        assert_eq!(owner(&homes, 0x5_0099), Some(1), "who has ended looks from a frame above");
        assert_eq!(owner(&homes, 0x5_2000), Some(0));
        assert_eq!(owner(&homes, 0xd_2000), None);
    }
}
