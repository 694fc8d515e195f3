//! The interpreter's lock is not the program's lock.

mod runs;
mod statements;

use stage::{Result, Scene, Stage, Table};

use crate::host::{Host, Simulated};
use crate::python;
pub use runs::{SOUND, lost};
pub use statements::{Line, Statement};

/// What the lock keeps whole, and what it does not.
pub const SCENE: Scene = Scene {
    name: "your-lock",
    title: "the GIL is not your lock",
    claim: "The lock keeps the interpreter whole, not your program: between two instructions it \
            may go to another thread. Not between any two, though. So `x += 1` loses nothing in \
            CPython 3.11, and `x = x + one()` does. Only a lock of your own protects both.",
    play,
    try_this: "write abs(1) for one() in crates/global-lock-demo/programs/increments.py, \
               add_called(), and in CALLS of crates/global-lock-demo/src/scenes/your_lock.rs, and \
               run crates/global-lock-demo/programs/listings.sh: is there still a check between? \
               What is lost then?",
    read: "crates/global-lock-demo/src/vm/code.rs, Instruction::checks() and ticks(), and \
           crates/global-lock-demo/programs/locked.py",
};

const ADDS: &str = "x += 1";
const CALLS: &str = "x = x + one()";

fn play(stage: &mut Stage<'_>) -> Result {
    let pythons: Vec<_> = python::beside(stage).into_iter().map(Host::Real).collect();
    if pythons.is_empty() {
        stage.say("There is no python3 here, so the rows of a real one are missing.");
    }
    by_luck(stage, &pythons)?;
    instructions(stage)?;
    on_cue(stage)?;
    cure(stage, &pythons)
}

fn by_luck(stage: &mut Stage<'_>, pythons: &[Host]) -> Result {
    let (threads, n) = (4, stage.pick(250_000, 60_000));
    stage.say(format!(
        "{threads} threads add 1 to one global, {n} times each, in two ways \
         (programs/increments.py). How many of the {} additions are lost:",
        threads * n
    ));
    let mut table = Table::new(["", ADDS, CALLS]);
    let simulated = [Simulated::Legacy, Simulated::Interval, Simulated::FreeThreaded];
    let mut asked_for = 0;
    for host in simulated.map(Host::Simulated).iter().chain(pythons) {
        match lost::<2>(host, "increments", &arguments!(threads, n)) {
            Ok(lost) => {
                let [adds, calls] = lost.map(|lost| lost.to_string());
                table.row([host.label(), adds, calls]);
                if *host == Host::Simulated(Simulated::Interval) {
                    asked_for = lost[0];
                }
            }
            Err(why) => without(stage, host, &why)?,
        }
    }
    stage.table(&table);
    stage.say("What is lost is luck; that nothing is lost need not be.");
    stage.check(
        "under the interval lock, with the checks of 3.11, x += 1 loses nothing",
        format!("{asked_for} lost"),
        asked_for == 0,
        "it was interrupted where there is no check: please report this",
    );
    Ok(())
}

/// A real interpreter may be missing, or too different. A simulated one may not.
fn without(stage: &mut Stage<'_>, host: &Host, why: &str) -> Result {
    match host {
        Host::Real(_) => stage.say(format!("{} is left out: {why}.", host.label())),
        _ => return Err(why.into()),
    }
    Ok(())
}

fn instructions(stage: &mut Stage<'_>) -> Result {
    stage.say(
        "Why they differ. Up to 3.1 a thread could lose the lock before most instructions \
         (×, legacy). Since 3.2 it can lose it only where it checks, and that is in calls and on \
         jumps back (×, interval). From the reading of x to its writing:",
    );
    let [adds, calls] = [Statement::of("increments", ADDS)?, Statement::of("increments", CALLS)?];
    for statement in [&adds, &calls] {
        let mut lines = format!("{:<44}legacy  interval", statement.source);
        for Line { text, checks, ticks } in &statement.lines {
            let mark = |may: &bool| if *may { '×' } else { ' ' };
            let line = format!("\n  {text:<45}{}       {}", mark(ticks), mark(checks));
            lines.push_str(line.trim_end());
        }
        stage.listing(lines);
    }
    stage.check(
        "between reading and writing x there is a check in the second, and none in the first",
        format!(
            "{} and {} (and {} and {} ticks)",
            calls.checks_between(),
            adds.checks_between(),
            calls.ticks_between(),
            adds.ticks_between()
        ),
        calls.checks_between() > 0 && adds.checks_between() == 0,
        "programs/increments.py was changed",
    );
    stage.say(
        "Without a lock (free-threaded) another thread may come between any two. And where the \
         checks are is nobody's promise: 3.9 and before had them elsewhere.",
    );
    Ok(())
}

fn on_cue(stage: &mut Stage<'_>) -> Result {
    let (threads, n) = (2, stage.pick(500, 100));
    let fair = Host::Simulated(Simulated::Fair);
    let [adds, calls, locked] = lost(&fair, "locked", &arguments!(threads, n))?;
    stage.say(format!(
        "Now without luck: the fair lock goes to the other thread at every check. {threads} \
         threads, {n} additions each (programs/locked.py, where they wait for each other first):"
    ));
    stage.check(
        "x = x + one() loses additions every time, and x += 1 never does",
        format!("{calls} and {adds} of {} lost", threads * n),
        calls > 0 && adds == 0,
        "the lock did not go round at every check: please report this",
    );
    stage.check(
        "with lock.acquire() before it and lock.release() after it, it loses nothing either",
        format!("{locked} lost"),
        locked == 0,
        "the program's lock would be broken: please report this",
    );
    Ok(())
}

fn cure(stage: &mut Stage<'_>, pythons: &[Host]) -> Result {
    let (threads, n) = (4, stage.pick(2_000, 500));
    stage.say(format!(
        "That lock is the program's own (threading.Lock), and it protects under every strategy. \
         {threads} threads, {n} additions each:"
    ));
    let mut table = Table::new(["", "lost under a lock of its own"]);
    let mut lost_locked = 0;
    for host in SOUND.map(Host::Simulated).iter().chain(pythons) {
        match lost(host, "locked", &arguments!(threads, n)) {
            Ok([_, _, locked]) => {
                table.row([host.label(), locked.to_string()]);
                lost_locked += locked;
            }
            Err(why) => without(stage, host, &why)?,
        }
    }
    stage.table(&table);
    stage.check(
        "with a lock of the program's own nothing is lost anywhere",
        format!("{lost_locked} lost"),
        lost_locked == 0,
        "a lock would be broken: please report this",
    );
    Ok(())
}
