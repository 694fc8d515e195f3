//! "Just lower the switch interval."

use std::time::Duration;

use stage::{Result, Stage, Table, human};

use crate::host::{Host, Simulated};

use super::echoes::{span, trips, visits};
use super::served::{Client, served};
use super::sleeper::overslept;

/// In microseconds. The last is shorter than it takes to wake up twice.
const INTERVALS: [u64; 4] = [50_000, 5_000, 500, 50];

/// In a short run without the first, which takes long.
fn intervals(stage: &Stage<'_>) -> impl Iterator<Item = Duration> + use<> {
    let skipped = stage.pick(0, 1);
    INTERVALS.into_iter().skip(skipped).map(Duration::from_micros)
}

/// What each interval does to a sleeper, a server, and hogs.
pub(super) fn lower(stage: &mut Stage<'_>) -> Result {
    let host = Host::Simulated(Simulated::Interval);
    let times = stage.pick((2, Duration::from_millis(60)), (2, Duration::from_millis(15)));
    stage.say(
        "\"Just lower the switch interval.\" What sys.setswitchinterval() does to the sleeper \
         beside one and two hogs, and to the server beside one (trips a second, the lowest and \
         the highest of some visits):",
    );
    let mut table =
        Table::new(["interval", "late p50", "2 hogs p50", "2 hogs p90", "trips/s", "longest trip"]);
    let mut late = Vec::new();
    for interval in intervals(stage) {
        // The longer, the fewer: a few of 50 ms.
        let count = match interval.as_millis() {
            10.. => 2,
            1..10 => stage.pick(12, 5),
            0 => stage.pick(40, 20),
        };
        let one = overslept(Simulated::Interval, 1, count, interval)?.percentile(50.0);
        let two = overslept(Simulated::Interval, 2, count, interval)?;
        let (two, tail) = (two.percentile(50.0), two.percentile(90.0));
        let beside = visits(&host, 1, interval, times)?;
        let rates = span(beside.iter().map(|visit| visit.rate));
        let longest = human(trips(&beside)?.max());
        table.row([human(interval), human(one), human(two), human(tail), rates, longest]);
        late.push((one, tail));
    }
    stage.table(&table);
    let [.., (one, _), (shorter, tail), _] = late[..] else {
        return Err("three were measured".into());
    };
    stage.check(
        "0.5 ms instead of 5: beside one hog the sleeper is less than a quarter as late",
        format!("{} instead of {} (p50)", human(shorter), human(one)),
        4 * shorter < one,
        "Where a thread waits long for a core, the interval is the smaller part.",
    );
    stage.check(
        "but beside two hogs one sleep in ten is more than twice as late as that",
        format!("p90 {}", human(tail)),
        tail > 2 * shorter,
        "A busy machine makes the lock fairer.",
    );
    price(stage)
}

/// What it costs those who compute.
fn price(stage: &mut Stage<'_>) -> Result {
    let host = Host::Simulated(Simulated::Interval);
    let (turns, idle) =
        (stage.pick(2, 2), Client::Idles(Duration::from_millis(stage.pick(40, 20))));
    let mut speeds: Vec<_> = intervals(stage).map(|interval| (interval, 0.0_f64)).collect();
    for _ in 0..turns {
        for (interval, best) in &mut speeds {
            *best = best.max(served(&host, 2, *interval, idle)?.speed);
        }
    }
    let mut table = Table::new(["interval", "two hogs count, a second"]);
    for (interval, best) in &speeds {
        table.row([human(*interval), format!("{:.1} million", best / 1e6)]);
    }
    stage.say("And what it does to two hogs while nobody asks (the best of some runs):");
    stage.table(&table);
    let [(longest, most), .., (shortest, least)] = speeds[..] else {
        return Err("three were measured".into());
    };
    stage.check(
        format!(
            "at {} the hogs have less than 0.95 of the speed that they have at {}",
            human(shortest),
            human(longest)
        ),
        format!("{:.2}", least / most),
        least < 0.95 * most,
        "Two hogs that share a core with other programs are seldom both awake to ask.",
    );
    Ok(())
}
