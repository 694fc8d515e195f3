//! What the watch said, and how late the hearts were.

use stage::{Stage, human};

use super::culprits::Culprit;
use super::errand::Errand;
use super::hearts::{self, Observed};
use super::{DRAWN, Row};

/// Whether the watch named the culprit by the line that spawned it, and nobody else.
pub(super) fn named(stage: &mut Stage<'_>, rows: &[Row], errand: &Errand) {
    let blocking = || rows.iter().filter(|row| row.culprit.blocks()).flat_map(|row| &row.rounds);
    if let Some(slow) = blocking().flat_map(|round| &round.slow).next() {
        stage.say("What the watch said of the first of them:");
        stage.listing(slow.to_string().replace(" held", "\nheld"));
    }
    let right = blocking().filter(|round| round.is_culprit_named()).count();
    let all = blocking().count();
    stage.check(
        "the watch names the line that spawned the culprit, once, and no other line",
        format!("in {right} of {all} runs"),
        right == all,
        "Other programs kept this thread from its core in the middle of a poll: the watch reads \
         the clock on the wall.",
    );
    let others = || rows.iter().filter(|row| !row.culprit.blocks()).flat_map(|row| &row.rounds);
    let slow: usize = others().map(|round| round.slow.len()).sum();
    stage.check(
        "with the ways out it has next to nothing to tell",
        format!(
            "{slow} poll{} over {} in {} runs",
            if slow == 1 { "" } else { "s" },
            human(errand.limit()),
            others().count()
        ),
        2 * slow <= others().count(),
        "Other programs kept this thread from its core in the middle of a poll: the watch reads \
         the clock on the wall.",
    );
}

/// How late the hearts were, and how many beat at all.
pub(super) fn late(stage: &mut Stage<'_>, rows: &[Row]) {
    let (blocking, others): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.culprit.blocks());
    let list = |rows: &[&Row], share| {
        let each = |row: &&Row| format!("{} {}", human(row.late_at(share)), row.culprit.short());
        rows.iter().map(each).collect::<Vec<_>>().join(", ")
    };
    let stood_still =
        |round: &Observed| round.most_late() + hearts::PERIOD >= round.longest_stretch();
    let came: usize = blocking.iter().map(|row| row.meanwhile().1).sum();
    stage.check(
        "blocked: no heart beats, and who is due when it begins waits until it ends",
        format!("{came} beats; late by {}", list(&blocking, 1.0)),
        came == 0 && blocking.iter().flat_map(|row| &row.rounds).all(stood_still),
        "the loop ran something while it was blocked: please report this",
    );
    let middle = blocking.iter().map(|row| row.late_at(0.5)).min().unwrap_or_default();
    let beat = |row: &&Row| row.meanwhile().1 > row.meanwhile().0 / 2;
    stage.check(
        format!(
            "with each way out most beats come meanwhile, and the middle one is late by less than \
             half of what it is when the loop is blocked, {}",
            human(middle)
        ),
        list(&others, 0.5),
        others.iter().all(|row| beat(row) && row.late_at(0.5) < middle / 2),
        "Other programs, or the other thread's work on the only core, kept the loop's thread \
         waiting; or the pieces are as large as its `try` proposes.",
    );
    in_pieces(stage, rows);
    stage.say(
        "Which way? Waiting for a reply needs no thread: await it. A call that only blocks goes to \
         a thread. Computing goes to a thread too if there is a core for it, or stays in pieces: \
         then the loop is everybody's between two pieces. For much of it there are the pools of \
         threads (chapter 2) and of processes (chapter 4); in Python, where threads don't compute \
         at the same time, only the latter.",
    );
}

fn in_pieces(stage: &mut Stage<'_>, rows: &[Row]) {
    // Of the rounds the middle one, by how much later somebody was than two pieces are long.
    let beyond = |round: &&Observed| round.most_late().saturating_sub(2 * round.longest_stretch());
    let yields = rows.iter().filter(|row| row.culprit == Culprit::Yields);
    let mut rounds: Vec<_> = yields.flat_map(|row| &row.rounds).collect();
    rounds.sort_by_key(beyond);
    let middle = rounds[rounds.len() / 2];
    stage.check(
        "in pieces nobody is late by more than two: the one that runs when a beat is due, and the \
         next, which stands in the queue already",
        format!(
            "the latest by {}, the longest piece took {}",
            human(middle.most_late()),
            human(middle.longest_stretch())
        ),
        beyond(&middle) < DRAWN,
        "Other programs kept the loop's thread from its core between two pieces.",
    );
}
