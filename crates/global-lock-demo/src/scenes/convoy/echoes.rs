//! A server beside a hog: a race that is mostly won or mostly lost.

use std::time::Duration;

use stage::{Result, Stage, human};

use crate::distribution::Distribution;
use crate::host::{Host, Simulated};
use crate::lock::interval::DEFAULT;

use super::served::{Client, Served, served};

/// Visits to a server beside so many hogs, one after the other.
pub(super) fn visits(
    host: &Host,
    hogs: u32,
    interval: Duration,
    (visits, time): (usize, Duration),
) -> std::result::Result<Vec<Served>, String> {
    (0..visits).map(|_| served(host, hogs, interval, Client::Asks(time))).collect()
}

/// `196 – 2100`: the lowest and the highest, of which the mean would be neither.
pub(super) fn span(of: impl IntoIterator<Item = f64>) -> String {
    let (low, high) = of.into_iter().fold((f64::MAX, 0.0_f64), |(l, h), v| (l.min(v), h.max(v)));
    format!("{low:.0} – {high:.0}")
}

/// All the round trips of some visits.
pub(super) fn trips(visits: &[Served]) -> std::result::Result<Distribution, String> {
    Distribution::of(visits.iter().flat_map(|visit| visit.trips.iter().copied()))
}

/// The round trips beside one hog.
pub(super) fn two_humps(stage: &mut Stage<'_>) -> Result {
    let times = stage.pick((4, Duration::from_millis(100)), (2, Duration::from_millis(40)));
    let host = Host::Simulated(Simulated::Interval);
    let alone = visits(&host, 0, DEFAULT, (1, times.1))?;
    let beside = visits(&host, 1, DEFAULT, times)?;
    stage.say(format!(
        "Now a server that sends back what it gets (UDP), and a client that asks again when it has \
         its answer. Alone it answers {} requests a second; beside a hog, in {} visits of {}, {} \
         a second.",
        span(alone.iter().map(|visit| visit.rate)).split(" – ").next().unwrap_or_default(),
        times.0,
        human(times.1),
        span(beside.iter().map(|visit| visit.rate)),
    ));
    stage.bars(&trips(&beside)?.bars("How many of the round trips beside the hog took how long:"));

    let all = beside.iter().flat_map(|visit| &visit.trips);
    let slow = all.clone().filter(|trip| **trip > DEFAULT * 4 / 5);
    let (quick, many) =
        (all.clone().filter(|trip| **trip < DEFAULT / 10).count(), slow.clone().count());
    let between = all.clone().count() - quick - many;
    let whole: Duration = all.sum();
    let share = slow.sum::<Duration>().as_secs_f64() / whole.as_secs_f64();
    stage.say(format!(
        "There are two kinds of trip. After sendto() the hog, which sleeps, is woken for the lock; \
         if the server is back before the hog is up, it keeps its turn and the trip is quick: \
         {quick} were. If the hog is first, the server waits for an interval: {many} did, and \
         they took {:.0} % of the time. How often the race is won depends on where the kernel \
         puts the threads, and may change from one visit to the next; so a mean would be of \
         neither kind, and is not shown.",
        100.0 * share,
    ));
    stage.check(
        "a trip is quick (under 0.5 ms) or takes an interval (over 4 ms), few are between",
        format!("{quick} quick, {between} between, {many} slow"),
        many > 0 && between <= many / 2,
        "Where the cores are wanted by other programs, some trips wait for a core and not for \
         the lock: that takes any time.",
    );
    Ok(())
}
