//! The blocked loop: who keeps it for itself, how it is found, and the ways out.

mod culprits;
pub mod hearts;

use std::time::Duration;

use stage::{Result, Scene, Stage, Table, human};
use workloads::Service;

use self::culprits::{Culprit, Errand};
use self::hearts::{Observed, observe};

pub use self::hearts::LATE;

/// One task that doesn't await, and everybody stands still.
pub const SCENE: Scene = Scene {
    name: "blocked",
    title: "the blocked loop",
    claim: "Tasks of one loop share one thread: while one of them computes, or is in a call that \
            blocks, all others stand still. The loop itself can say who it was. On another \
            thread, or in small pieces, the same work makes nobody late.",
    play,
    try_this: "in crates/event-loop-demo/src/scenes/blocked/culprits.rs, let PIECES be 2: who \
               computes in pieces and yields makes the others late by more than half of the work, \
               and the watch names it as well.",
    read: "crates/event-loop-demo/src/runtime/driver.rs, run_until() and tell()",
};

/// How much later than due, in a drawing, is late.
const DRAWN: Duration = Duration::from_millis(1);

/// A culprit, and what was seen of it.
struct Row {
    culprit: Culprit,
    rounds: Vec<Observed>,
}

fn play(stage: &mut Stage<'_>) -> Result {
    let service = Service::start()?;
    let errand = Errand::measured(stage.pick(60, 40), service.address())?;
    let mut rows: Vec<_> = Culprit::ALL.map(|culprit| Row { culprit, rounds: Vec::new() }).into();
    for _ in 0..stage.pick(3, 1) {
        for row in &mut rows {
            row.rounds.push(observe(&errand, row.culprit)?);
        }
    }
    draw(stage, &rows, &errand);
    table(stage, &rows, &errand);
    named(stage, &rows, &errand);
    verdicts(stage, &rows);
    Ok(())
}

impl Row {
    /// How late at most this share of the beats was, of those due meanwhile: the median of the
    /// rounds.
    fn late_at(&self, share: f64) -> Duration {
        median(self.rounds.iter().map(|round| round.late_at(share)))
    }

    /// How many beats were due meanwhile, and how many came, in all rounds.
    fn meanwhile(&self) -> (usize, usize) {
        let counts = self.rounds.iter().map(Observed::meanwhile);
        counts.fold((0, 0), |sum, (due, came)| (sum.0 + due, sum.1 + came))
    }
}

fn median(values: impl Iterator<Item = Duration>) -> Duration {
    let mut values: Vec<_> = values.collect();
    values.sort_unstable();
    values[values.len() / 2]
}

fn draw(stage: &mut Stage<'_>, rows: &[Row], errand: &Errand) {
    let work = human(errand.length);
    for row in rows {
        let shows = match row.culprit {
            Culprit::Computes => format!(
                "Three heartbeats, due every {}, and in the same loop a task that counts primes \
                 for {work} and awaits nothing (late: over {}):",
                human(hearts::PERIOD),
                human(DRAWN)
            ),
            Culprit::Yields => format!(
                "The same work in {} pieces, and yield_now().await after each:",
                culprits::PIECES
            ),
            Culprit::ComputesElsewhere => {
                "The same work by offload(), on another thread (in asyncio: to_thread()):"
                    .to_owned()
            }
            _ => continue,
        };
        stage.timeline(shows, row.rounds[0].timeline(DRAWN));
    }
}

fn table(stage: &mut Stage<'_>, rows: &[Row], errand: &Errand) {
    stage.say(format!(
        "Of the beats that were due while the work was done: how many came before it ended, and \
         how late they were, in the median of the rounds. The watch tells of polls over {}, three quarters of the work; asyncio's debug mode does so from slow_callback_duration on.",
        human(errand.limit())
    ));
    let mut table =
        Table::new(["the culprit", "beats came", "p50 late", "p99 late", "most", "slow polls"]);
    for row in rows {
        let (due, came) = row.meanwhile();
        let slow: usize = row.rounds.iter().map(|round| round.slow.len()).sum();
        let [p50, p99, most] = [0.5, 0.99, 1.0].map(|share| human(row.late_at(share)));
        let came = format!("{came} of {due}");
        table.row([row.culprit.name(), &came, &p50, &p99, &most, &slow.to_string()]);
    }
    stage.table(&table);
}

/// Whether the watch named the culprit by the line that spawned it, and nobody else.
fn named(stage: &mut Stage<'_>, rows: &[Row], errand: &Errand) {
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
        format!("{slow} polls over {} in {} runs", human(errand.limit()), others().count()),
        2 * slow <= others().count(),
        "Other programs kept this thread from its core in the middle of a poll: the watch reads \
         the clock on the wall.",
    );
}

fn verdicts(stage: &mut Stage<'_>, rows: &[Row]) {
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
            "with each way out most beats come meanwhile, and half of them not a quarter as late \
             as when the loop is blocked ({})",
            human(middle)
        ),
        list(&others, 0.5),
        others.iter().all(|row| beat(row) && row.late_at(0.5) < middle / 4),
        "Other programs, or the other thread's work on the only core, kept the loop's thread \
         waiting.",
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

#[cfg(test)]
mod tests {
    use super::*;

    fn observed(culprit: Culprit) -> Observed {
        let service = Service::start().expect("a service");
        let errand = Errand::measured(20, service.address()).expect("an errand");
        observe(&errand, culprit).expect("a runtime")
    }

    #[test]
    fn who_blocks_is_named_and_makes_the_hearts_late_by_all_of_it() {
        for culprit in Culprit::ALL.into_iter().filter(|culprit| culprit.blocks()) {
            let seen = observed(culprit);
            // A machine that is busy with other tests may make an innocent slow as well.
            let named = seen.slow.iter().filter(|slow| slow.spawned == Some(seen.culprit)).count();
            assert_eq!(named, 1, "{culprit:?}: {:?}", seen.slow);
            assert!(seen.most_late() + hearts::PERIOD >= seen.longest_stretch(), "{culprit:?}");
            let late = seen.timeline(DRAWN).at_once(LATE.state);
            assert_eq!(late, hearts::HEARTS, "{culprit:?}: all of them at the same time");
        }
    }

    #[test]
    fn hearts_beat_while_the_work_is_done_elsewhere_or_in_pieces() {
        for culprit in Culprit::ALL.into_iter().filter(|culprit| !culprit.blocks()) {
            assert!(observed(culprit).meanwhile().1 > 0, "{culprit:?}");
        }
        for culprit in [Culprit::Computes, Culprit::Sleeps, Culprit::Asks] {
            assert_eq!(observed(culprit).meanwhile().1, 0, "{culprit:?}");
        }
    }
}
