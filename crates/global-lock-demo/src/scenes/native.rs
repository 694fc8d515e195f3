//! A long call of native code: nobody can ask it for the lock.

mod apart;
mod late;
mod pictures;

pub use pictures::picture;

use std::time::Duration;

use stage::{Result, Scene, Stage, Table, human};

use crate::host::Simulated;
use late::{Beside, Late};

/// What a call that keeps the lock, and one that releases it, do to other threads.
pub const SCENE: Scene = Scene {
    name: "native",
    title: "a long native call",
    claim: "The lock is dropped between two instructions of bytecode, so a function in C keeps it \
            to its end, whatever the switch interval, unless it releases the lock itself. sum() \
            keeps it; zlib.crc32() of much data releases it, and others run beside.",
    play,
    try_this: "in crates/global-lock-demo/programs/native.py write 0.1 for CALL, and run \
               crates/global-lock-demo/programs/listings.sh: how late is the sleeper beside sum() \
               now, and beside crc32()?",
    read: "crates/global-lock-demo/src/vm/natives/fold.rs, sum(), and \
           crates/global-lock-demo/src/vm/natives/data.rs, crc32()",
};

/// CPython's, and one tenth of it.
const INTERVALS: [Duration; 2] = [Duration::from_millis(5), Duration::from_micros(500)];

fn play(stage: &mut Stage<'_>) -> Result {
    pictures::show(stage)?;
    let table = measure(stage)?;
    stage.say(
        "How late a thread is that sleeps for 1 ms beside one that computes: in bytecode, in calls \
         of sum() and in calls of crc32(), of about 10 ms each:",
    );
    let mut shown = Table::new(["", "bytecode", "sum p50", "longest", "crc32 p50", "longest"]);
    let cell =
        |late: Option<&Late>, percent| late.map_or_else(|| "–".to_owned(), |late| late.at(percent));
    for (name, [bytecode, holds, releases]) in &table {
        let of = |late: &Option<Late>, percent| cell(late.as_ref(), percent);
        let [held, longest] = [50.0, 100.0].map(|percent| of(holds, percent));
        let [released, longest_released] = [50.0, 100.0].map(|percent| of(releases, percent));
        shown.row([
            name.as_str(),
            &of(bytecode, 50.0),
            &held,
            &longest,
            &released,
            &longest_released,
        ]);
    }
    stage.table(&shown);
    verdicts(stage, &table)
}

/// A row's name, and how late the sleeper was beside each.
type Row = (String, [Option<Late>; 3]);

fn measure(stage: &Stage<'_>) -> std::result::Result<Vec<Row>, String> {
    let count = stage.pick(20, 6);
    let kinds = [Beside::Bytecode, Beside::Holds, Beside::Releases];
    let mut rows = Vec::new();
    let mut row = |strategy: Simulated, name: String, interval, patience| {
        let mut lates = [None, None, None];
        for (late, kind) in lates.iter_mut().zip(kinds) {
            *late = Some(late::late(strategy, kind, count, interval, patience)?);
        }
        rows.push((name, lates));
        Ok::<_, String>(())
    };
    let [usual, short] = INTERVALS;
    // Under this one the sleeper may wait for ever.
    let patience = Duration::from_millis(stage.pick(1_000, 250));
    row(Simulated::Legacy, "legacy".into(), usual, patience)?;
    for interval in [usual, short] {
        row(Simulated::Interval, format!("interval, {}", human(interval)), interval, late::LONG)?;
    }
    row(Simulated::Fair, "fair".into(), usual, late::LONG)?;
    row(Simulated::FreeThreaded, "free-threaded".into(), usual, late::LONG)?;
    let mut lates = [None, None, None];
    for (late, kind) in lates.iter_mut().zip(kinds) {
        *late = Some(apart::late(kind, count)?);
    }
    rows.insert(4, ("an interpreter each".into(), lates));
    Ok(rows)
}

fn verdicts(stage: &mut Stage<'_>, rows: &[Row]) -> Result {
    let all = rows.iter().map(|(_, [bytecode, holds, releases])| {
        Some((bytecode.as_ref()?, holds.as_ref()?, releases.as_ref()?))
    });
    let all: Option<Vec<_>> = all.collect();
    let Some([legacy, usual, short, fair, apart, free]) = all.as_deref() else {
        return Err("six were measured".into());
    };
    stage.check(
        "a tenth of the interval doesn't help beside sum(), nor a fair lock: some wait most of a call",
        format!("{}, {} (the longest)", short.1.at(100.0), fair.1.at(100.0)),
        short.1.longest().min(fair.1.longest()) > 10 * INTERVALS[1],
        "The calls were short: what sum() takes was measured while other programs had the cores.",
    );
    stage.check(
        "under the legacy lock it waits for many calls: each is a few ticks of the hundred",
        format!("up to {}, {} under the interval lock", legacy.1.at(100.0), usual.1.at(100.0)),
        legacy.1.longest() > 2 * usual.1.longest(),
        "Luck: the sleeper was awake at the right time.",
    );
    stage.check(
        "a call that releases the lock makes nobody late: less than a quarter as much",
        format!("p50 {}, {} beside sum()", usual.2.at(50.0), usual.1.at(50.0)),
        4 * usual.2.p50() < usual.1.p50(),
        "Where other programs have the cores, the sleeper waits for one of them.",
    );
    stage.check(
        "nor does one in another interpreter, or without a lock, whether it releases or not",
        format!("p50 {} and {}", apart.1.at(50.0), free.1.at(50.0)),
        4 * apart.1.p50().max(free.1.p50()) < usual.1.p50(),
        "Where other programs have the cores, the sleeper waits for one of them.",
    );
    stage.say(format!(
        "\"run_in_executor solves CPU work\": partly. It moves a call to a thread, and that thread \
         takes the same lock. An event loop beside it wakes like this sleeper: beside bytecode {} \
         late, beside C that keeps the lock {}; only beside C that releases it {}.",
        usual.0.at(50.0),
        usual.1.at(50.0),
        usual.2.at(50.0),
    ));
    Ok(())
}
