//! How late a sleeper is, and who goes first meanwhile.

use std::time::Duration;

use stage::{Recorder, Result, Stage, Table, human};

use crate::distribution::Distribution;
use crate::host::Simulated;
use crate::lock::interval::DEFAULT;

use super::lanes;

/// How many threads compute beside the sleeper.
const HOGS: [u32; 3] = [0, 1, 2];

/// By how much each of `count` sleeps of 1 ms was too long, the wait for the lock included.
pub(super) fn overslept(
    strategy: Simulated,
    hogs: u32,
    count: usize,
    interval: Duration,
) -> std::result::Result<Distribution, String> {
    let arguments = arguments![hogs, count, interval.as_secs_f64()];
    Distribution::of_milliseconds(&strategy.run("oversleep", &arguments)?)
}

/// The sleeper beside more and more hogs.
pub(super) fn late(stage: &mut Stage<'_>) -> Result {
    let recorder = Recorder::new();
    let arguments = arguments![1, 5, DEFAULT.as_secs_f64()];
    let picture = Simulated::Interval.start("oversleep", &arguments, Some(&recorder))?.end()?;
    let whole = Duration::ZERO..picture.timeline.end();
    stage.timeline(
        "A thread sleeps for 1 ms, again and again, beside a hog. It is awake at once, but has to \
         wait for a whole interval before it may ask for the lock; soon after it has asked, it gets it:",
        lanes::excerpt(&picture.timeline, &whole, &["sleeper", "hog"]),
    );

    let mut late = Vec::new();
    for hogs in HOGS {
        late.push(overslept(Simulated::Interval, hogs, stage.pick(40, 10), DEFAULT)?);
    }
    stage.say("How late it is, that is, how much longer than 1 ms a sleep takes:");
    let mut table = Table::new(["beside", "p50", "p90", "longest"]);
    for (hogs, late) in HOGS.iter().zip(&late) {
        let times = [50.0, 90.0, 100.0].map(|percent| human(late.percentile(percent)));
        let [p50, p90, longest] = times;
        table.row([format!("{hogs} hog{}", if *hogs == 1 { "" } else { "s" }), p50, p90, longest]);
    }
    stage.table(&table);
    let [_, one, two] = &late[..] else { return Err("three were measured".into()) };
    stage.bars(&one.bars("How many of the sleeps were so late beside one hog:"));
    stage.bars(&two.bars("And beside two:"));
    let (one, two) = (one.percentile(50.0), two.percentile(90.0));
    stage.check(
        "beside one hog the sleeper mostly waits for an interval, 5 ms",
        format!("p50 {}", human(one)),
        (0.9..1.5).contains(&(one.as_secs_f64() / DEFAULT.as_secs_f64())),
        "Where other programs want the cores, the hog or the sleeper first waits for one of them.",
    );
    stage.check(
        "beside two hogs one wait in ten is for more than three",
        format!("p90 {}", human(two)),
        two > 3 * DEFAULT,
        "A machine that stops the hogs now and then makes the lock fairer: who sleeps is often \
         the first to find it free.",
    );
    Ok(())
}

/// "I/O threads get priority."
pub(super) fn overtaken(stage: &mut Stage<'_>) -> Result {
    let recorder = Recorder::new();
    let arguments = arguments![2, stage.pick(10, 5), DEFAULT.as_secs_f64()];
    let run = Simulated::Interval.start("oversleep", &arguments, Some(&recorder))?.end()?;
    let waits = lanes::waits(&run.timeline);
    let often = |wait: &lanes::Time| lanes::overtaken(&run.timeline, wait);
    let worst = waits.iter().max_by_key(|wait| often(wait)).ok_or("the sleeper never waited")?;
    let after = Duration::from_millis(2);
    let shown = worst.start.saturating_sub(after)..worst.end + after;
    stage.timeline(
        "\"I/O threads get priority\"? The wait in which two hogs overtook the sleeper most often. \
         When the one drops the lock, the other and the sleeper are both woken or about to ask, \
         and who is first takes it:",
        lanes::excerpt(&run.timeline, &shown, &["sleeper", "hog 1", "hog 2"]),
    );
    stage.check(
        "hogs take the lock past the waiting sleeper more often than the once that a queue allows",
        format!(
            "up to {} times in one wait, {} long",
            often(worst),
            human(worst.end - worst.start)
        ),
        often(worst) >= 2,
        "Luck gave the sleeper the lock: play the scene again. It has no priority, but a chance.",
    );
    Ok(())
}
