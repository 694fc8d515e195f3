//! A hog: one that computes and gives way to nobody.

mod errand;

use std::time::Duration;

use stage::{Result, Scene, Stage, Table, human};

use self::errand::Errand;
use super::hearts::{self, DRAWN, Observed, observe};

/// One green thread that doesn't give way, and everybody stands still.
pub const SCENE: Scene = Scene {
    name: "hog",
    title: "one that gives way to nobody",
    claim: "Green threads give way where they wait, and only there. One that computes for long \
            keeps all others from running for as long, and nothing in the language or the \
            scheduler can take the processor from it. Computed in pieces, with a yield_now() after \
            each, it keeps nobody waiting for longer than a piece takes.",
    play,
    try_this: "in crates/green-threads-demo/src/scenes/hog/errand.rs, let PIECES be 2: the second \
               claim falls, since the beats come at one place only, between the two pieces. The \
               third stands: nobody is late by more than a piece, but that is half of the work.",
    read: "crates/green-threads-demo/src/green/scheduler.rs, yield_now()",
};

/// The rounds of one that computes without giving way, and of one that does it in pieces.
struct Rounds {
    hogging: Vec<Observed>,
    yielding: Vec<Observed>,
}

fn play(stage: &mut Stage<'_>) -> Result {
    let errand = Errand::measured(stage.pick(60, 40))?;
    let rounds = compute(&errand, stage.pick(5, 3))?;
    draw(stage, &rounds, &errand);
    table(stage, &rounds);
    verdicts(stage, &rounds);
    stage.say(
        "Why does the scheduler not take the processor away? It would need a signal, and a signal \
         can come in the midst of anything: an allocation, a half-written value. Go does it since \
         1.14, at the points where its compiler knows what every register holds; the BEAM, \
         Erlang's machine, instead counts the calls that a process makes (\"reductions\") and \
         switches when it has had its share, which takes a compiler or an interpreter that \
         counts. gevent does as we do.",
    );
    Ok(())
}

fn compute(errand: &Errand, rounds: usize) -> Result<Rounds> {
    let mut all = Rounds { hogging: Vec::new(), yielding: Vec::new() };
    for _ in 0..rounds {
        let (hog, yields) = (errand.clone(), errand.clone());
        all.hogging.push(observe(errand.length, move || Ok(hog.at_once()))?);
        all.yielding.push(observe(errand.length, move || yields.in_pieces())?);
    }
    Ok(all)
}

fn draw(stage: &mut Stage<'_>, rounds: &Rounds, errand: &Errand) {
    stage.timeline(
        format!(
            "Three heartbeats, due every {}, and on the same thread of the operating system a \
             green thread that counts primes for {} of processor time (late: over {}):",
            human(hearts::PERIOD),
            human(errand.length),
            human(DRAWN)
        ),
        rounds.hogging[0].timeline("computing"),
    );
    stage.timeline(
        format!("The same work in {} pieces, and green::yield_now() after each:", errand::PIECES),
        rounds.yielding[0].timeline("computing"),
    );
}

fn table(stage: &mut Stage<'_>, rounds: &Rounds) {
    stage.say(
        "Of the beats that were due while the work was done: how many came before it ended, and \
         how late they were, in the median of the rounds.",
    );
    let mut table = Table::new(["the work", "beats came", "p50 late", "p99 late", "most"]);
    for (name, rounds) in [("at once", &rounds.hogging), ("in pieces", &rounds.yielding)] {
        let (due, came) = hearts::meanwhile(rounds);
        let [p50, p99, most] = [0.5, 0.99, 1.0].map(|share| human(hearts::late_at(rounds, share)));
        table.row([name, &format!("{came} of {due}"), &p50, &p99, &most]);
    }
    stage.table(&table);
}

fn verdicts(stage: &mut Stage<'_>, rounds: &Rounds) {
    let Rounds { hogging, yielding } = rounds;
    let (due, came) = hearts::meanwhile(hogging);
    let stood_still =
        |round: &Observed| round.late_at(1.0) + hearts::PERIOD >= round.longest_stretch();
    stage.check(
        "at once: no heart beats, and who is due when the work begins waits until it ends",
        format!("{came} of {due} beats; late by up to {}", human(hearts::late_at(hogging, 1.0))),
        came == 0 && due > 0 && hogging.iter().all(stood_still),
        "something ran while the thread was kept: please report this",
    );
    let (due, came) = hearts::meanwhile(yielding);
    let [blocked, middle] = [hogging, yielding].map(|rounds| hearts::late_at(rounds, 0.5));
    stage.check(
        format!(
            "in pieces: nine of ten beats come meanwhile, and the middle one is late by less than \
             a quarter of what it is at once, {}",
            human(blocked)
        ),
        format!("{came} of {due} beats; {}", human(middle)),
        came * 10 > due * 9 && middle < blocked / 4,
        "The pieces are too long, or other programs kept this thread from its core.",
    );
    // Of the rounds the middle one, by how much later somebody was than a piece is long.
    let beyond = |round: &&Observed| round.late_at(1.0).saturating_sub(round.longest_stretch());
    let mut rounds: Vec<_> = yielding.iter().collect();
    rounds.sort_by_key(beyond);
    let middle = rounds[rounds.len() / 2];
    stage.check(
        "nobody is late by more than the longest piece: who gives way with nobody else ready looks \
         whose time has come",
        format!(
            "the latest by {}, the longest piece took {}",
            human(middle.late_at(1.0)),
            human(middle.longest_stretch())
        ),
        beyond(&middle) < Duration::from_millis(1),
        "Other programs kept this thread from its core between two pieces.",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hearts_stand_still_beside_a_hog_and_beat_between_pieces() {
        let errand = Errand::measured(20).expect("ranges");
        let rounds = compute(&errand, 1).expect("a poller");
        let (due, came) = hearts::meanwhile(&rounds.hogging);
        assert!(due >= hearts::HEARTS && came == 0, "{came} of {due}");
        let late = rounds.hogging[0].timeline("computing").at_once(hearts::LATE.state);
        assert_eq!(late, hearts::HEARTS, "all of them at the same time");
        assert!(hearts::meanwhile(&rounds.yielding).1 > 0);
    }
}
