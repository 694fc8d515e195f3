//! The real thing, if it is there.

use std::time::Duration;

use stage::{Stage, human};

use crate::distribution::Distribution;
use crate::host::Host;
use crate::lock::interval::DEFAULT;
use crate::python::{self, Gil, Python};

use super::echoes::{span, trips, visits};

/// The same two programs in a real interpreter with this lock; not in a short run.
pub(super) fn python(stage: &mut Stage<'_>) -> Result<(), String> {
    if stage.is_quick() {
        return Ok(());
    }
    // The fair comparison is with a lock that is asked for.
    let asked = |python: &Python| python.gil == Gil::Interval;
    let Some(python) = python::beside(stage).into_iter().find(asked) else { return Ok(()) };
    let (label, host) = (python.label.clone(), Host::Real(python));
    let arguments = arguments![1, 30, DEFAULT.as_secs_f64()];
    let late = Distribution::of_milliseconds(&host.run("oversleep", &arguments)?)?;
    let times = (2, Duration::from_millis(100));
    let beside = visits(&host, 1, DEFAULT, times)?;
    let times = trips(&beside)?;
    let [p50, p90] = [50.0, 90.0].map(|percent| human(late.percentile(percent)));
    let quarters = [25.0, 50.0, 75.0, 100.0].map(|percent| human(times.percentile(percent)));
    stage.say(format!(
        "{label} here, the same programs beside one hog: the sleeper is late by {p50} (p50), {p90} \
         (p90); the server makes {} trips a second, which take {} (p25, p50, p75, longest).",
        span(beside.iter().map(|visit| visit.rate)),
        quarters.join(", "),
    ));
    Ok(())
}
