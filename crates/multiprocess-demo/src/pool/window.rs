//! How many tasks a worker is given ahead.
//!
//! With one at a time it idles from each answer to the next task, which takes a message there and one
//! back. With many, the last of them wait behind a long one while another worker has nothing to do.
//! So what is given ahead is *time*: as many tasks as take about as long as a few messages, and
//! none at all if a task takes so long that the way to it doesn't count.

use std::time::Duration;

/// How much work a worker is given ahead. A message and its answer take 5 to 100 µs.
const AHEAD: Duration = Duration::from_micros(200);

/// The most tasks that a worker is given.
const MOST: usize = 128;

/// How long tasks take, on the average of the last few.
#[derive(Debug, Default)]
pub struct Window {
    task: Option<Duration>,
}

impl Window {
    /// A worker has answered so many tasks in so long.
    pub fn note(&mut self, tasks: usize, took: Duration) {
        let each = took / tasks.max(1) as u32;
        // So that one that took a second isn't forgotten at once, nor for ever.
        self.task = Some(self.task.map_or(each, |mean| (mean * 7 + each) / 8));
    }

    /// How many tasks a worker may have at once, the one that it works on among them.
    pub fn tasks(&self) -> usize {
        let Some(task) = self.task else { return 1 };
        let ahead = AHEAD.as_nanos() / task.as_nanos().max(1);
        1 + (ahead as usize).min(MOST - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_tasks_are_given_one_at_a_time_and_tiny_ones_by_the_hundred() {
        let mut window = Window::default();
        assert_eq!(window.tasks(), 1);
        window.note(1, Duration::from_millis(20));
        assert_eq!(window.tasks(), 1);
        for _ in 0..200 {
            window.note(10, Duration::from_micros(500));
        }
        assert_eq!(window.tasks(), 5);
        for _ in 0..200 {
            window.note(1, Duration::from_nanos(100));
        }
        assert_eq!(window.tasks(), MOST);
        window.note(1, Duration::from_secs(1));
        assert_eq!(window.tasks(), 1);
    }
}
