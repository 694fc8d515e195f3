//! What runs, and how long is left; on standard error, and only if that is a terminal.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over steps that are known beforehand.
pub struct Progress {
    bar: ProgressBar,
    steps: Vec<String>,
    next: usize,
    since: Instant,
    /// How long each kind of step took last.
    took: HashMap<String, Duration>,
}

impl Progress {
    /// Over these steps, in this order; those of the same name take about the same time.
    #[must_use]
    pub fn over(steps: Vec<String>) -> Progress {
        // A bar draws nothing where standard error is no terminal.
        let bar = ProgressBar::new(steps.len() as u64);
        let style = ProgressStyle::with_template("{elapsed:>4} {wide_bar} {pos}/{len} {msg:<40}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(Duration::from_millis(200));
        Progress { bar, steps, next: 0, since: Instant::now(), took: HashMap::new() }
    }

    /// The next step begins, and so the one before it has ended.
    pub fn step(&mut self) {
        if self.next > 0 {
            let ended = self.steps[self.next - 1].clone();
            self.took.insert(ended, self.since.elapsed());
        }
        self.since = Instant::now();
        self.bar.set_position(self.next as u64);
        if let Some(name) = self.steps.get(self.next) {
            self.bar.set_message(match self.left().as_secs() {
                0 => name.clone(),
                left => format!("{}:{:02} left, {name}", left / 60, left % 60),
            });
        }
        self.next += 1;
    }

    /// What has run before takes as long again; what has not takes as long as the others do.
    fn left(&self) -> Duration {
        let known: Duration = self.took.values().sum();
        let usual = known / (self.took.len() as u32).max(1);
        self.steps[self.next..].iter().map(|step| self.took.get(step).unwrap_or(&usual)).sum()
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
