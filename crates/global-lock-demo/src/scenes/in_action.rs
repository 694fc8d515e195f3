//! The global lock in action: a job for the processor, split over threads.

mod race;

use stage::{Result, Scene, Stage, Table};

pub use self::race::{Contestant, Row, Run, THREADS, cores, race};
use crate::host::{Host, Simulated};

/// What more threads do for a job that only computes, under each strategy.
pub const SCENE: Scene = Scene {
    name: "in-action",
    title: "the lock in action",
    claim: "\"Threads run in parallel in CPython\": they do, but only one of them runs Python at a \
            time. Two threads take as long as one for a job that only computes. Under the lock of \
            up to 3.1 they take longer if they have a core each, and no longer on one. Without a \
            global lock, or with one an interpreter, two cores halve the time.",
    play,
    try_this: "in crates/global-lock-demo/src/lock/legacy.rs make DEFAULT 1000 instead of 100, as \
               sys.setcheckinterval(1000) did: the lock is given up a tenth as often, and two \
               threads lose less.",
    read: "crates/global-lock-demo/src/lock/legacy.rs, give_way()",
};

// Places in `THREADS`.
const ONE: usize = 0;
const TWO: usize = 1;
const FOUR: usize = 2;

fn play(stage: &mut Stage<'_>) -> Result {
    let (total, rounds) = (stage.pick(1_500_000, 600_000), stage.pick(5, 2));
    let rows = race(Contestant::all(), total, rounds)?;
    stage.say(format!(
        "programs/countdown.py: `while n > 0: n -= 1`, {total} times in all. One thread: how long \
         it took. Two and four: how many times as long. Beside that, of the run with two threads: \
         how many cores they kept busy, and how often a thread went to sleep until another woke \
         it.",
    ));
    stage.table(&table(&rows));
    if cores() > 1 {
        under_a_lock(stage, &rows);
        without_one(stage, &rows);
    } else {
        stage.say("There is only one core here: nothing can run in parallel, lock or no lock.");
    }
    stage.say(
        "\"Then threads are useless in Python\": for this job they are. A thread that waits, for a \
         reply or a disk, needs no lock meanwhile: see the scene waiting.",
    );
    Ok(())
}

fn table(rows: &[Row]) -> Table {
    let figure = |value: f64, unit| match value.is_nan() {
        false => format!("{value:.2}{unit}"),
        true => "–".to_owned(),
    };
    let mut table = Table::new(["", "one thread", "two", "four", "cores busy", "sleeps a ms"]);
    for row in rows {
        table.row([
            row.contestant.name(),
            format!("{:.1} ms", 1e3 * row.median(|round| round[ONE].seconds)),
            figure(row.times_as_long(TWO), "×"),
            figure(row.times_as_long(FOUR), "×"),
            figure(row.median(|round| round[TWO].cores), ""),
            format!("{:.1}", row.median(|round| round[TWO].sleeps)),
        ]);
    }
    table
}

fn of(rows: &[Row], host: Host) -> Option<&Row> {
    let contestant = Contestant::Threads(host);
    rows.iter().find(|row| row.contestant == contestant)
}

fn under_a_lock(stage: &mut Stage<'_>, rows: &[Row]) {
    let threads = |strategy| of(rows, Host::Simulated(strategy));
    let Some((interval, legacy)) = threads(Simulated::Interval).zip(threads(Simulated::Legacy))
    else {
        return;
    };
    let ratio = interval.times_as_long(TWO);
    stage.check(
        "under the interval lock, 3.2 and later, two threads take as long as one",
        format!("{ratio:.2} times"),
        (0.85..=1.15).contains(&ratio),
        "Something else in the machine took more time from one of the two than from the other",
    );
    let cores = interval.median(|round| round[TWO].cores);
    stage.check(
        "they are real threads, and yet keep only one core busy",
        format!("{cores:.2} cores"),
        cores <= 1.15,
        "Threads that hold no lock computed: please report this",
    );
    let ratio = legacy.times_as_long(TWO);
    stage.check(
        "under the legacy lock, up to 3.1, two threads are slower than one",
        format!(
            "{ratio:.2} times as long, with {:.1} cores busy",
            legacy.median(|round| round[TWO].cores)
        ),
        ratio >= 1.3,
        "This needs two free cores: with another program on one of them it is like one core",
    );
    let Some(pinned) = of(rows, Host::OnOneCore(Simulated::Legacy)) else { return };
    let ratio = pinned.times_as_long(TWO);
    stage.check(
        "the same on one core, such as most machines had when it was made: as long as one",
        format!("{ratio:.2} times"),
        ratio <= 1.2,
        "Something else wanted that core, and two threads were interrupted more often than one",
    );
    let [two_cores, one_core] = [legacy, pinned].map(|row| row.median(|round| round[TWO].sleeps));
    stage.check(
        "on two cores its threads fall asleep and are woken all the time, on one hardly ever: that \
         is what costs (the scene timeline shows it)",
        format!("{two_cores:.1} sleeps a millisecond, and {one_core:.1}"),
        two_cores > 0.0 && two_cores >= 10.0 * one_core,
        "With no free core to wake up on, there is nothing to be lost",
    );
}

fn without_one(stage: &mut Stage<'_>, rows: &[Row]) {
    use Simulated::{FineGrained, FreeThreaded, Unprotected};
    let unlocked = [Unprotected, FineGrained, FreeThreaded].map(Host::Simulated);
    let free: Vec<_> =
        unlocked.map(Contestant::Threads).into_iter().chain([Contestant::Interpreters]).collect();
    let ratios = rows.iter().filter(|row| free.contains(&row.contestant));
    let worst = ratios.map(|row| row.times_as_long(TWO)).fold(0.0, f64::max);
    stage.check(
        "without a lock that all threads share, two take about half as long as one",
        format!("{worst:.2} times at the most"),
        worst <= 0.7,
        "This needs two free cores, which are not two hardware threads of one",
    );
}
