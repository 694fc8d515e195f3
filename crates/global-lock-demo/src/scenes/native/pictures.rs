//! Who held the lock during native calls.

use std::time::Duration;

use stage::{Recorder, Result, Stage, Timeline};

use crate::host::Simulated;
use crate::scenes::convoy::lanes::{self, Time};
use crate::thread::{HOLDS, OUTSIDE};

/// What a thread does that is outside to compute.
const COMPUTES: &str = "computes without the lock";

/// The timeline of `native.py`: so many sleeps beside calls of this kind, `holds` or `releases`.
///
/// # Errors
/// One line: what the program ended with before its time.
pub fn picture(kind: &str, count: usize) -> std::result::Result<Timeline, String> {
    let recorder = Recorder::new();
    let arguments = arguments![kind, count, 0.005];
    let outcome = Simulated::Interval.start("native", &arguments, Some(&recorder))?.end()?;
    Ok(outcome.timeline)
}

pub(super) fn show(stage: &mut Stage<'_>) -> Result {
    let holds = picture("holds", 4)?;
    // Before that, it was measured how long a call takes.
    let end = holds.end();
    let last = end.saturating_sub(Duration::from_millis(45))..end;
    stage.timeline(
        "A sleeper beside calls of sum(). After an interval it asks; but no instruction ends in a \
         native call, so nobody looks:",
        lanes::excerpt(&holds, &last, &["sleeper", "sum()"]),
    );
    let releases = picture("releases", 20)?;
    let during = lanes::held_during(&releases, OUTSIDE);
    if let Some(held) = during.iter().max_by_key(|held| held.end - held.start) {
        stage.timeline(
            "Beside calls of crc32(), closely: the sleeper wakes, takes the lock and sleeps again, \
             all during one call:",
            closely(&releases, held),
        );
    }
    let (sum, crc32) = (lanes::held_during(&holds, HOLDS).len(), during.len());
    stage.check(
        "while sum() computes nobody else takes the lock; while crc32() does, others can",
        format!("taken {sum} times during sum(), {crc32} times during crc32()"),
        sum == 0 && crc32 > 0,
        "Where the cores were taken, the sleeper may not have woken during a call of crc32().",
    );
    Ok(())
}

/// What was around this time.
fn closely(timeline: &Timeline, held: &Time) -> Timeline {
    let around = Duration::from_micros(150);
    let time = held.start.saturating_sub(around)..held.end + around;
    let mut excerpt = lanes::excerpt(timeline, &time, &["sleeper", "crc32()"]);
    for span in excerpt.lanes.iter_mut().skip(1).flat_map(|lane| &mut lane.spans) {
        if span.state == OUTSIDE {
            span.state = COMPUTES;
        }
    }
    excerpt
}
