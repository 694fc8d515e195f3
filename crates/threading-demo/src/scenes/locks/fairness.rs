//! Fair and unfair: who gets the lock, and at what price.

use std::time::Duration;

use stage::{Result, Stage, Table, human};

use super::lock::UnlockFair;
use super::pin::two_cores;
use super::price::price;
use super::rounds::Cost;
use super::turns::{Turns, take_turns};

/// Two threads that always want the lock: how often does it change hands?
pub fn who_gets_it(stage: &mut Stage<'_>) {
    let cores = two_cores();
    let hold = Duration::from_micros(200);
    let unfair = take_turns::<parking_lot::Mutex<_>>(12, hold, cores).timeline;
    stage.timeline("Two threads on two cores want a parking_lot Mutex all the time:", unfair);
    let fair = take_turns::<UnlockFair<_>>(12, hold, cores).timeline;
    stage.timeline("The same Mutex, unlocked with MutexGuard::unlock_fair:", fair);

    let (turns, hold) = (stage.pick(300, 100), Duration::from_micros(50));
    let unfair = [
        ("std Mutex", take_turns::<std::sync::Mutex<_>>(turns, hold, cores)),
        ("parking_lot Mutex", take_turns::<parking_lot::Mutex<_>>(turns, hold, cores)),
    ];
    let fair = [
        ("  with unlock_fair", take_turns::<UnlockFair<_>>(turns, hold, cores)),
        ("parking_lot FairMutex", take_turns::<parking_lot::FairMutex<_>>(turns, hold, cores)),
    ];
    let one_core = [cores[0]; 2];
    let one_core = cores[0].map(|_| take_turns::<std::sync::Mutex<_>>(turns, hold, one_core));
    let one_core = one_core.map(|turns| ("std Mutex, on one core", turns));

    stage.say(format!(
        "Up to {turns} turns of at least {}. When the lock is let go, the other thread sleeps for it:",
        human(hold)
    ));
    let mut table = Table::new(["lock", "handed over", "longest run", "longest wait"]);
    for (name, turns) in unfair.iter().chain(&fair).chain(&one_core) {
        let (handed, all) = turns.handed_over();
        let (run, wait) = (turns.longest_run().to_string(), human(turns.longest_wait()));
        table.row([*name, &format!("{handed} of {all}"), &run, &wait]);
    }
    stage.table(&table);
    if one_core.is_some() {
        stage.say(
            "Unfair means that luck decides: it takes long to wake up on another core, and the \
             lock is taken by then. On one core the kernel may let the woken thread run first.",
        );
    }
    let [mut least_fair, mut most_unfair] = [1.0_f64, 0.0];
    fair.iter().for_each(|(_, turns)| least_fair = least_fair.min(share(turns)));
    unfair.iter().for_each(|(_, turns)| most_unfair = most_unfair.max(share(turns)));
    stage.check(
        "unlock_fair and FairMutex hand over to a thread that sleeps for the lock, every time",
        format!("{:.0} %", 100.0 * least_fair),
        least_fair >= 1.0,
        "Only Linux tells which thread sleeps: elsewhere it may have been still on its way",
    );
    stage.check(
        "the others do so at most every second time",
        format!("{:.0} %", 100.0 * most_unfair),
        unfair.iter().all(|(_, turns)| turns.handed_over().1 > 0) && most_unfair <= 0.5,
        "With one core for both, or one that wakes up at once, the sleeper may come first",
    );
}

/// The share of the turns that were handed over to a thread that slept; none if none slept.
fn share(turns: &Turns) -> f64 {
    let (handed, all) = turns.handed_over();
    handed as f64 / all.max(1) as f64
}

/// What is lost by waking somebody up at each turn.
pub fn what_it_costs(stage: &mut Stage<'_>) -> Result {
    let costs = price(5_000, 100, stage.pick(15, 9))?;
    stage.say(
        "The price of a hand-over is waking up. Turns of some µs, without a gap between them:",
    );
    stage.table(&Cost::table(&costs, 2));
    let [unfair, again, unlock_fair, _] = costs[..] else { return Err("no costs".into()) };
    let ratio = unlock_fair.together / unfair.together.max(again.together);
    stage.check(
        "an unfair lock is taken at least 1.2 times as often a second as a fair one",
        format!("{ratio:.2} times"),
        ratio >= 1.2,
        "With other programs on both cores every turn waits for a core, fair or not; and where a \
         thread wakes up fast, handing over is cheap",
    );
    Ok(())
}
