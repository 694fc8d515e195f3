//! What runs, and how long is left; on standard error, and only if that is a terminal.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::others::Others;

/// A bar over all parts of a run. Of the part that runs the steps are known; of those to come, about
/// how long they take.
pub struct Progress {
    bar: ProgressBar,
    /// The parts to come.
    to_come: Vec<Duration>,
    /// How long this part takes, before any of its steps has told.
    expected: Duration,
    steps: Vec<String>,
    next: usize,
    begun: Instant,
    since: Instant,
    /// How long each kind of step took last.
    took: HashMap<String, Duration>,
    others: Others,
}

impl Progress {
    /// Over parts that take about so long, in this order.
    #[must_use]
    pub fn over(parts: &[Duration]) -> Progress {
        // A bar draws nothing where standard error is no terminal.
        let bar = ProgressBar::new(1_000);
        let style = ProgressStyle::with_template("{elapsed:>4} {wide_bar} {msg:<56}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(Duration::from_millis(200));
        Progress {
            bar,
            to_come: parts.iter().rev().copied().collect(),
            expected: Duration::ZERO,
            steps: Vec::new(),
            next: 0,
            begun: Instant::now(),
            since: Instant::now(),
            took: HashMap::new(),
            others: Others::watch(),
        }
    }

    /// The next part begins, with these steps in this order; those of the same name take about the
    /// same time.
    pub fn part(&mut self, steps: Vec<String>) {
        self.expected = self.to_come.pop().unwrap_or_default();
        (self.steps, self.next) = (steps, 0);
        self.took.clear();
        self.since = Instant::now();
    }

    /// The next step begins, and so the one before it has ended. Call this when none of our processes
    /// runs: what others have had of the machine meanwhile is counted here.
    pub fn step(&mut self) {
        self.look();
        self.step_within();
    }

    /// Counts what others have had of the machine, when none of our processes runs.
    pub fn look(&mut self) {
        self.others.look();
    }

    /// The next step begins within a process of ours that goes on: its time is not known to be ours
    /// before it ends, so nothing is counted.
    pub fn step_within(&mut self) {
        if let Some(ended) = self.next.checked_sub(1).and_then(|ended| self.steps.get(ended)) {
            self.took.insert(ended.clone(), self.since.elapsed());
        }
        self.since = Instant::now();
        if let Some(name) = self.steps.get(self.next) {
            let (left, spent) = (self.left(), self.begun.elapsed());
            let seconds = left.as_secs();
            self.bar.set_message(format!("{}:{:02} left, {name}", seconds / 60, seconds % 60));
            let whole = (spent + left).as_secs_f64().max(0.001);
            self.bar.set_position((1e3 * spent.as_secs_f64() / whole) as u64);
        }
        self.next += 1;
    }

    /// What others have had of the machine.
    #[must_use]
    pub fn others(&self) -> &Others {
        &self.others
    }

    /// What has run before takes as long again; what has not takes as long as the others do.
    fn left(&self) -> Duration {
        let known: Duration = self.took.values().sum();
        let expected = self.expected / (self.steps.len() as u32).max(1);
        // The first steps of a part may be its shortest.
        let usual = expected.max(known / (self.took.len() as u32).max(1));
        let steps = self.steps[self.next..].iter();
        let here: Duration = steps.map(|step| self.took.get(step).unwrap_or(&usual)).sum();
        here + self.to_come.iter().sum::<Duration>()
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn nothing_is_counted_while_a_process_of_ours_goes_on() {
        let mut progress = Progress::over(&[]);
        progress.others = Others::watch_since_long_ago();
        progress.step_within();
        assert_eq!(progress.others().share(), None);
        progress.step();
        assert!(progress.others().share().is_some());
    }
}
