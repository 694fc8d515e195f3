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
    /// So many steps there are in any case, and others only up to this time.
    enough: Option<(usize, Instant)>,
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
            enough: None,
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
        (self.steps, self.next, self.enough) = (steps, 0, None);
        self.took.clear();
        self.since = Instant::now();
    }

    /// The same for a part whose first `least` steps there are in any case, and the others only as
    /// far as the time goes.
    pub fn part_within(&mut self, steps: Vec<String>, least: usize, budget: Duration) {
        self.part(steps);
        self.enough = Instant::now().checked_add(budget).map(|until| (least, until));
    }

    /// Of the part that runs these steps are to come, whatever was foreseen.
    pub fn steps_to_come(&mut self, steps: Vec<String>) {
        self.steps.truncate(self.next);
        self.steps.extend(steps);
        self.enough = None;
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
        let take = |steps: &[String]| -> Duration {
            steps.iter().map(|step| self.took.get(step).unwrap_or(&usual)).sum()
        };
        let mut here = take(&self.steps[self.next..]);
        if let Some((least, until)) = self.enough {
            let in_any_case = take(self.steps.get(self.next..least).unwrap_or_default());
            here = here.min(in_any_case.max(until.saturating_duration_since(Instant::now())));
        }
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
    fn what_is_left_ends_with_the_budget_but_not_before_what_there_is_in_any_case() {
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        let mut progress = Progress::over(&[minutes(10), minutes(1)]);
        let left = |progress: &Progress| (progress.left().as_secs_f64() / 60.0).round();
        let steps = || vec!["step".to_owned(); 10];
        progress.part_within(steps(), 2, minutes(5));
        assert_eq!(left(&progress), 6.0);
        progress.part_within(steps(), 7, minutes(0));
        progress.expected = minutes(10);
        assert_eq!(left(&progress), 7.0);
        progress.step_within();
        progress.steps_to_come(steps());
        progress.expected = minutes(11);
        assert_eq!((progress.steps.len(), left(&progress)), (11, 10.0));
    }

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
