//! The price of a yield, beside a call and what else gives way.

use std::hint::black_box;
use std::time::Duration;

use stage::{Contest, Result, Stage, Table, human};

use super::turns::{futures, green_threads, system_threads};

/// How often a round does what takes nanoseconds, and what takes microseconds.
const OFTEN: u32 = 40_000;
const TIMES: u32 = 200;

/// A way to give way (or not even that), and what once of it costs.
struct Price {
    what: &'static str,
    nanos: f64,
    how: &'static str,
}

#[inline(never)]
fn called(round: u32) -> u32 {
    black_box(round)
}

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let prices = prices(stage.pick(11, 5))?;
    let [call, future, green, system, _] = &prices;
    stage.say(
        "What it costs, with two that take turns all the time (medians of rounds in turns; each █ \
         doubles):",
    );
    let mut table = Table::new(["", "once", "calls", "", "how"]);
    for price in &prices {
        let calls = call.times_less_than(price);
        let scale = "█".repeat(calls.log2().round().max(0.0) as usize);
        table.row([price.what, &price.told(), &format!("{calls:.0}"), &scale, price.how]);
    }
    stage.table(&table);
    stage.say(
        "(An OS thread wakes the other by unpark() and sleeps in park(). Those of one core never run \
         at the same instant either: that is the fair comparison.)",
    );
    let ratio = green.times_less_than(system);
    stage.check(
        "a green thread's yield costs a twentieth of a switch between the system's threads, at most",
        format!("{ratio:.0} times less, {} and {}", green.told(), system.told()),
        ratio >= 20.0,
        "Other programs had the core in the rounds of the green threads.",
    );
    let ratio = future.times_less_than(green);
    stage.check(
        "and it is of the size of an async yield: less than 10 times one, polled by hand",
        format!("{} and {}, {ratio:.1} times", green.told(), future.told()),
        ratio < 10.0,
        "Other programs had the core in the rounds of the green threads.",
    );
    Ok(())
}

impl Price {
    fn times_less_than(&self, other: &Price) -> f64 {
        other.nanos / self.nanos.max(1e-3)
    }

    fn told(&self) -> String {
        match self.nanos {
            few if few < 100.0 => format!("{few:.1} ns"),
            many => human(Duration::from_nanos(many as u64)),
        }
    }
}

fn prices(rounds: usize) -> Result<[Price; 5]> {
    let mut contest = Contest::new();
    contest.enter("call", || {
        let sum: u32 = (0..OFTEN).map(|round| called(round) & 1).sum();
        if sum == OFTEN / 2 { Ok(()) } else { Err("a call has returned something else".into()) }
    });
    contest.enter("future", || futures(OFTEN / 2));
    contest.enter("green", || green_threads(OFTEN / 2));
    contest.enter("one core", || system_threads(TIMES / 2, 1));
    contest.enter("two cores", || system_threads(TIMES / 2, 2));
    let times: Vec<_> = contest.run(rounds)?.iter().map(stage::contest::Times::median).collect();
    let price = |i: usize, what, how| {
        let often = if i < 3 { OFTEN } else { TIMES };
        Price { what, nanos: times[i].as_secs_f64() * 1e9 / f64::from(often), how }
    };
    let [one, two] = match std::thread::available_parallelism() {
        _ if !cfg!(target_os = "linux") => ["wherever the system puts them"; 2],
        Ok(cores) if cores.get() > 1 => ["of one core", "of two cores"],
        _ => ["of one core", "of one core: there is no second"],
    };
    Ok([
        price(0, "a function call", "there and back"),
        price(1, "an async yield", "out of a poll, queue, poll"),
        price(2, "a green yield", "queue, and one switch"),
        price(3, "OS threads", one),
        price(4, "OS threads", two),
    ])
}
