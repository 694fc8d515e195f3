//! Two hogs under each lock: who has it, who is woken, and for what.

use std::time::Duration;

use stage::{Stage, Table, human};

use super::hogs::Hogs;

/// Shows two hogs under the legacy lock, under the interval lock, and under that without forced
/// switching.
pub fn show(stage: &mut Stage<'_>, legacy: &Hogs, interval: &Hogs, unforced: &Hogs) {
    picture(stage, "the legacy lock", legacy, Duration::from_millis(2));
    picture(stage, "the interval lock", interval, Duration::from_millis(50));
    stage.say(
        "A turn ends when another thread has the lock (the median is shown; in the pictures a turn \
         is drawn as one, however often the lock is given up in it and taken again). Unforced is \
         the interval lock without forced switching: who drops the lock on request does not wait \
         until another thread has it.",
    );
    let locks = [("legacy", legacy), ("interval", interval), ("unforced", unforced)];
    stage.table(&table(&locks));
    verdicts(stage, locks.map(|(_, hogs)| hogs));
}

fn picture(stage: &mut Stage<'_>, lock: &str, hogs: &Hogs, width: Duration) {
    let (width, all) = (hogs.excerpt(width), human(hogs.timeline.end()));
    stage.timeline(format!("Two hogs under {lock}; out of {all}:"), width);
}

fn table(locks: &[(&str, &Hogs)]) -> Table {
    let mut table =
        Table::new(["in a second", "given up", "handed over", "woken in vain", "a turn"]);
    for (name, Hogs { turns, .. }) in locks {
        let seconds = turns.took().as_secs_f64().max(1e-9);
        let a_second = |count: usize| format!("{:.0}", count as f64 / seconds);
        table.row([
            (*name).to_owned(),
            a_second(turns.takes()),
            a_second(turns.all.len()),
            a_second(turns.in_vain),
            turns.lengths().map_or("–".into(), |turn| human(turn.percentile(50.0))),
        ]);
    }
    table
}

fn verdicts(stage: &mut Stage<'_>, [legacy, interval, unforced]: [&Hogs; 3]) {
    let again = legacy.turns.again();
    stage.check(
        "whoever gives up the legacy lock mostly is the next to have it",
        format!("{:.1} % of the times", 100.0 * again),
        again >= 0.9,
        "The other thread woke up unusually fast",
    );
    let in_vain = legacy.turns.in_vain as f64 / legacy.turns.all.len().max(1) as f64;
    stage.check(
        "the battle for the lock: the other thread is woken in vain several times before it has it",
        format!("{in_vain:.1} times"),
        in_vain >= 2.0,
        "This needs two free cores: who shares one with the holder does not run before that one \
         is interrupted, with the lock or without",
    );
    let [forced, unforced] = [interval, unforced].map(|hogs| hogs.turns.again());
    stage.check(
        "forced switching has the interval lock go to another thread every time; without it the \
         thread that drops it is back first in one case of ten, or more",
        format!("{:.0} % taken again; without it {:.0} %", 100.0 * forced, 100.0 * unforced),
        forced == 0.0 && unforced >= 0.1,
        "Where the kernel lets the woken thread run at once, in the place of the one that woke it, \
         there is nothing to be forced",
    );
}
