//! The three ways out, and what each costs a program that has only one thread.

mod fastest;
mod operations;
mod programs;

use stage::{Bars, Result, Scene, Stage, Table};

pub use operations::{Cost, costs};
pub use programs::{Row, race};

/// What one thread pays for what keeps many in order.
pub const SCENE: Scene = Scene {
    name: "ways-out",
    title: "the ways out, and what each costs one thread",
    claim: "Counts can be made atomic, and objects get a lock each: then every thread pays for \
            every access, also a thread that is alone. With one lock for all, counts stay plain, \
            and a thread pays for one look at a flag now and then. Biased counts are nearly plain for \
            the thread that made the object.",
    play,
    try_this: "in crates/global-lock-demo/src/strategy/under_lock.rs make the Count of UnderLock \
               Atomic instead of Plain: that is one lock and atomic counts. What does the row \
               `interval` say then?",
    read: "crates/global-lock-demo/src/count/biased.rs, retain(), beside \
           crates/global-lock-demo/src/count/atomic.rs",
};

fn play(stage: &mut Stage<'_>) -> Result {
    operations(stage)?;
    programs(stage)
}

fn operations(stage: &mut Stage<'_>) -> Result {
    stage.say("One reference more and one less, by one thread, in a loop; and what else there is:");
    let costs = costs(100_000, stage.pick(30, 10))?;
    let mut table = Table::new(["operation", "ns", "× plain", "paid"]);
    let plain = costs[0].nanos;
    for Cost { name, nanos, paid } in &costs {
        table.row([*name, &format!("{nanos:.1}"), &format!("{:.2}", nanos / plain), *paid]);
    }
    stage.table(&table);
    let of = |name| costs.iter().find(|cost| cost.name == name).map_or(f64::NAN, |c| c.nanos);
    let [atomic, biased] = ["atomic count", "biased count, its owner"].map(of);
    stage.check(
        "an atomic count costs at least twice a plain one; a biased one less than an atomic one",
        format!("plain {plain:.1} ns, biased {biased:.1}, atomic {atomic:.1}"),
        atomic >= 2.0 * plain && biased < atomic,
        "there are cores on which an atomic addition costs little; or another program had the core",
    );
    Ok(())
}

fn programs(stage: &mut Stage<'_>) -> Result {
    stage.say(
        "Whole programs with one thread at work, by the processor's time: how many times as long \
         they take as without any protection. `counts` only counts references, `lists` works on \
         a list of lists (programs/alone.py); for `another's` the lists were made by another \
         thread (programs/private.py):",
    );
    let rows = race(stage.pick(8, 2))?;
    let mut table = Table::new(["strategy", "counts", "lists", "another's", "it has"]);
    let mut bars = Bars::new("counts, times as long as without any protection:", "×");
    for (row, has) in rows.iter().zip(HAS) {
        let [counts, lists, others] = row.ratios.map(|ratio| format!("{ratio:.2}"));
        table.row([&row.name, &counts, &lists, &others, has]);
        bars.bar(&*row.name, row.ratios[0]);
    }
    stage.table(&table);
    stage.bars(&bars);
    verdicts(stage, &rows);
    stage.say(
        "A biased count alone costs little more than a plain one, as the first table says; a \
         whole program pays more than that. Part of it is that what others may replace is looked \
         at twice, before and after it is counted, and that the code for a count is longer.",
    );
    stage.say(
        "Published: with a patch that made CPython's counts atomic, one thread ran at about half \
         its speed (Greg Stein's, Python FAQ). So the one lock stayed: most programs had one \
         thread, and all would have paid.",
    );
    Ok(())
}

/// What a strategy has, in the order of the race.
const HAS: [&str; 5] = [
    "plain counts",
    "plain counts",
    "plain counts, one lock",
    "atomic counts, a lock an object",
    "biased counts, locks for writing",
];

fn verdicts(stage: &mut Stage<'_>, rows: &[Row]) {
    let [again, one_lock, fine, free] = [1, 2, 3, 4].map(|place: usize| rows[place].ratios);
    let both = |[counts, lists, _]: [f64; 3]| format!("{counts:.2} and {lists:.2} times as long");
    let most = |[counts, lists, _]: [f64; 3]| counts.max(lists);
    stage.check(
        "one lock costs one thread next to nothing",
        format!("{}; the same twice: {:.2} and {:.2}", both(one_lock), again[0], again[1]),
        most(one_lock) <= 1.15,
        "if the row `none, again` is far from 1 too, something else kept the core busy",
    );
    stage.check(
        "atomic counts and a lock an object cost it much more",
        both(fine),
        fine[0] >= 1.2 * one_lock[0] && fine[1] >= 1.2 * one_lock[1],
        "if the row `none, again` is far from 1 too, something else kept the core busy; and there \
         are cores on which atomic additions cost little",
    );
    stage.check(
        "biased counts are dearer for a thread that works on what another has made",
        format!("{:.2} times as long; on its own {:.2}", free[2], free[1]),
        free[2] > free[1],
        "there are cores on which atomic additions cost little",
    );
}
