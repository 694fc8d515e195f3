//! The same threads under another lock: the old one, and a fair one.

use std::time::Duration;

use stage::{Result, Stage, Table, human};

use crate::distribution::Distribution;
use crate::host::{Host, Simulated};
use crate::lock::interval::DEFAULT;

use super::echoes::{span, visits};
use super::served::{Client, served};
use super::sleeper::overslept;

const LOCKS: [Simulated; 3] = [Simulated::Legacy, Simulated::Interval, Simulated::Fair];

/// What one lock makes of the sleeper, of the server, and of hogs.
struct Under {
    late: Distribution,
    /// Round trips a second.
    rates: String,
    /// How far two hogs count a second: the best of some runs.
    speed: f64,
}

/// "The old GIL was simply worse."
pub(super) fn others(stage: &mut Stage<'_>) -> Result {
    let under = measure(stage)?;
    stage.say(
        "\"The old GIL was simply worse\"? The legacy lock (up to Python 3.1) is given up every \
         hundred ticks, whoever wants it, and the fair lock (no Python's) at the next check after \
         somebody wants it. The sleeper and the server beside one hog, and how far two hogs count \
         a second:",
    );
    let mut table = Table::new(["lock", "late p50", "longest", "trips/s", "two hogs count"]);
    for (lock, Under { late, rates, speed }) in LOCKS.iter().zip(&under) {
        let [p50, longest] = [50.0, 100.0].map(|percent| human(late.percentile(percent)));
        table.row([lock.name(), &p50, &longest, rates, &format!("{:.1} million", speed / 1e6)]);
    }
    stage.table(&table);
    let [legacy, interval, fair] = under;
    let p50 = |under: &Under| under.late.percentile(50.0);
    stage.check(
        "for I/O beside a hog in bytecode the old lock is quicker, more than 5 times",
        format!("late by {}, not {}", human(p50(&legacy)), human(p50(&interval))),
        p50(&interval) > 5 * p50(&legacy),
        "Where the sleeper waits long for a core, it comes too late to each chance.",
    );
    stage.check(
        "and the fair lock shows that 5 ms are no law",
        format!("late by {}", human(p50(&fair))),
        p50(&interval) > 5 * p50(&fair),
        "Where the sleeper waits long for a core, that is most of its delay.",
    );
    let share = |under: &Under| under.speed / interval.speed;
    stage.check(
        "but under both two hogs give way to each other all the time; they get less than 0.9 of \
         what they get under the interval lock",
        format!("{:.2} legacy, {:.2} fair", share(&legacy), share(&fair)),
        share(&legacy).max(share(&fair)) < 0.9,
        "This needs two free cores: hogs that take turns on one seldom want the lock at once.",
    );
    Ok(())
}

fn measure(stage: &Stage<'_>) -> std::result::Result<[Under; 3], String> {
    let times = stage.pick((2, Duration::from_millis(60)), (2, Duration::from_millis(15)));
    let sleeps = stage.pick(20, 8);
    let under = |lock| -> std::result::Result<Under, String> {
        let visits = visits(&Host::Simulated(lock), 1, DEFAULT, times)?;
        let rates = span(visits.iter().map(|visit| visit.rate));
        Ok(Under { late: overslept(lock, 1, sleeps, DEFAULT)?, rates, speed: 0.0 })
    };
    let [legacy, interval, fair] = LOCKS.map(under);
    let mut all: [Under; 3] = [legacy?, interval?, fair?];
    let idle = Client::Idles(Duration::from_millis(stage.pick(40, 20)));
    for _ in 0..stage.pick(4, 1) {
        for (lock, under) in LOCKS.iter().zip(&mut all) {
            let run = served(&Host::Simulated(*lock), 2, DEFAULT, idle)?;
            under.speed = under.speed.max(run.speed);
        }
    }
    Ok(all)
}
