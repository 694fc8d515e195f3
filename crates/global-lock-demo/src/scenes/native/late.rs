//! How late a sleeper is beside a thread that computes.

use std::time::Duration;

use stage::{Recorder, human};

use crate::distribution::Distribution;
use crate::host::Simulated;
use crate::scenes::convoy::lanes;

/// What the other thread does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// It runs bytecode.
    Bytecode,
    /// It calls `sum`, which keeps the lock.
    Holds,
    /// It calls `crc32`, which releases it.
    Releases,
}

impl Beside {
    /// The program that does it beside so many sleeps, and its arguments.
    pub(super) fn program(self, count: usize, interval: Duration) -> (&'static str, [String; 3]) {
        let interval = interval.as_secs_f64();
        match self {
            Beside::Bytecode => ("oversleep", arguments![1, count, interval]),
            Beside::Holds => ("native", arguments!["holds", count, interval]),
            Beside::Releases => ("native", arguments!["releases", count, interval]),
        }
    }
}

/// How late the sleeper was.
#[derive(Debug, Clone)]
pub(super) struct Late {
    pub times: Distribution,
    /// Whether the last time is only as long as we have waited for its end.
    pub unended: bool,
}

/// For a program that ends.
pub(super) const LONG: Duration = Duration::from_secs(60);

/// Runs the program for as long as patience lasts; then the time of the last sleep is that which
/// it has waited for the lock so far.
pub(super) fn late(
    strategy: Simulated,
    beside: Beside,
    count: usize,
    interval: Duration,
    patience: Duration,
) -> Result<Late, String> {
    let (name, arguments) = beside.program(count, interval);
    let recorder = Recorder::new();
    let running = strategy.start(name, &arguments, Some(&recorder))?;
    if let Some(first) = running.line(patience) {
        let printed = format!("{first}\n{}", running.end()?);
        return Ok(Late { times: Distribution::of_milliseconds(&printed)?, unended: false });
    }
    // This stops it, and its threads hand in what they have recorded.
    drop(running);
    let waits = lanes::waits(&recorder.timeline());
    let times = Distribution::of(waits.into_iter().map(|wait| wait.end - wait.start))?;
    Ok(Late { times, unended: true })
}

impl Late {
    pub fn p50(&self) -> Duration {
        self.times.percentile(50.0)
    }

    pub fn longest(&self) -> Duration {
        self.times.max()
    }

    /// As it stands in a table: with a `>` where it would have been longer.
    pub fn at(&self, percent: f64) -> String {
        let time = self.times.percentile(percent);
        let more = if self.unended && time == self.longest() { "> " } else { "" };
        format!("{more}{}", human(time))
    }
}
