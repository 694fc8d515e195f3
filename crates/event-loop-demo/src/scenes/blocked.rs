//! The blocked loop: who keeps it for itself, how it is found, and the ways out.

mod culprits;
mod errand;
pub mod hearts;
mod verdicts;

use std::time::Duration;

use stage::{Result, Scene, Stage, Table, human};
use workloads::Service;

use self::culprits::Culprit;
use self::errand::Errand;
use self::hearts::{Observed, observe};

pub use self::hearts::LATE;

/// One task that doesn't await, and everybody stands still.
pub const SCENE: Scene = Scene {
    name: "blocked",
    title: "the blocked loop",
    claim: "Tasks of one loop share one thread: while one of them computes, or is in a call that \
            blocks, all others stand still. The loop itself can say who it was. On another \
            thread, or in small pieces, the same work keeps nobody waiting for long.",
    play,
    try_this: "in crates/event-loop-demo/src/scenes/blocked/culprits.rs, let PIECES be 2: no heart \
               beats before all the work is done, and the verdict on the ways out falls. Who yields \
               stands in the queue again before the loop looks whose time has come.",
    read: "crates/event-loop-demo/src/runtime/turn.rs, run_until() and tell()",
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
    verdicts::named(stage, &rows, &errand);
    verdicts::late(stage, &rows);
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
        "Of the beats that were due while the work was done: how many came before it ended, in all \
         rounds together; how late half of them were at most (p50), 99 of a hundred (p99) and all, \
         each the median of the rounds; and how many polls, again in all rounds, the watch told of: \
         those over {}, half of the work. (asyncio's debug mode does so from \
         slow_callback_duration on.)",
        human(errand.limit())
    ));
    let mut table = Table::new(["the culprit", "beats came", "p50", "p99", "all", "slow polls"]);
    for row in rows {
        let (due, came) = row.meanwhile();
        let slow: usize = row.rounds.iter().map(|round| round.slow.len()).sum();
        let [p50, p99, most] = [0.5, 0.99, 1.0].map(|share| human(row.late_at(share)));
        let came = format!("{came} of {due}");
        table.row([row.culprit.name(), &came, &p50, &p99, &most, &slow.to_string()]);
    }
    stage.table(&table);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observed(culprit: Culprit) -> Observed {
        let service = Service::start().expect("a service");
        let mut errand = Errand::measured(20, service.address()).expect("an errand");
        // Counting takes almost three times as long as was measured: whatever the machine does
        // meanwhile, it doesn't get faster by so much.
        errand.below *= 2;
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
            // Other programs may keep the loop from its core for as long as the work takes: then
            // once more.
            assert!((0..50).any(|_| observed(culprit).meanwhile().1 > 0), "{culprit:?}");
        }
        for culprit in [Culprit::Computes, Culprit::Sleeps, Culprit::Asks] {
            assert_eq!(observed(culprit).meanwhile().1, 0, "{culprit:?}");
        }
    }
}
