//! Distributions: a median says little of what has two humps.

use std::time::Duration;

use stage::{Result, Stage};

use crate::distribution::Distribution;
use crate::scenes::beside::answers::Answers;

use super::parts::Part;

/// The goals whose distributions are worth a picture, and what is measured.
const SHOWN: [(&str, &str); 2] = [
    ("slices of 4 hogs, p50", "Slices of 4 hogs"),
    ("echo, at 5 ms", "Round trips to the server beside a hog, at 5 ms"),
];

/// Bars for the simulation, and for the real interpreter if it was asked.
pub fn show(stage: &mut Stage<'_>, part: &Part, answers: &[Answers]) -> Result {
    for (name, what) in SHOWN {
        let Some(goal) = part.goals.iter().find(|goal| goal.name == name) else { continue };
        let Answers { simulated, real } = &answers[goal.trial];
        for (rounds, who) in [(simulated, "simulated"), (real, "real")] {
            let times = rounds.iter().flatten();
            let times = times.flat_map(|millis| Duration::try_from_secs_f64(millis / 1e3));
            // Nothing was measured where no real interpreter is.
            if let Ok(distribution) = Distribution::of(times) {
                stage.bars(&distribution.bars(format!("{what}, {who}:")));
            }
        }
    }
    stage.say(
        "Round trips may have two humps. Who sends or receives lets go of the lock for so long. If \
         the hog is awake by the end of that, it has the lock, and the server waits for an \
         interval; if not, the server goes on at once. One run may have more of the one, another \
         of the other: see the rates round by round.",
    );
    Ok(())
}
