//! Rounds of one operation, in one thread and in several, in turns with rounds of the others.

use std::time::Duration;

use stage::{Result, Table};

use super::together::together;

/// What an operation costs. The unit: nanoseconds from the first thread's first operation to the
/// last thread's last, divided by the operations of *one* thread. Threads that do not hinder one
/// another pay each what one pays alone.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// The operation.
    pub name: &'static str,
    /// In one thread.
    pub alone: f64,
    /// In several at once.
    pub together: f64,
}

impl Cost {
    /// How many times as long an operation takes in several threads.
    #[must_use]
    pub fn slow_down(&self) -> f64 {
        self.together / self.alone
    }

    /// A table of costs in this number of threads.
    #[must_use]
    pub fn table(costs: &[Cost], threads: usize) -> Table {
        let mut table = Table::new(["", "alone", &format!("in {threads} threads"), "slow-down"]);
        for cost in costs {
            let [alone, together] = [cost.alone, cost.together].map(|nanos| match nanos {
                nanos if nanos < 1e3 => format!("{nanos:.1} ns"),
                nanos => format!("{:.1} µs", nanos / 1e3),
            });
            table.row([cost.name, &alone, &together, &format!("{:.1}", cost.slow_down())]);
        }
        table
    }
}

/// A round in so many threads: how long it took.
type Round<'a> = Box<dyn Fn(usize) -> Result<Duration> + 'a>;

/// The operations that are compared. It is not a [`stage::Contest`] because starting the threads
/// would be part of the time: here that is as long as many operations.
pub struct Rounds<'a> {
    operations: Vec<(&'static str, Round<'a>)>,
    threads: usize,
    each: u64,
}

impl<'a> Rounds<'a> {
    /// `each` operations in a thread and round; in one thread, and in `threads`. A round should
    /// take a few milliseconds: then it is often over before the kernel takes the core away.
    pub fn new(threads: usize, each: u64) -> Rounds<'a> {
        Rounds { operations: Vec::new(), threads, each }
    }

    /// Enters an operation that counts in a shared place; `total` is what is counted there.
    pub fn enter(
        &mut self,
        name: &'static str,
        once: impl Fn(usize) + Sync + 'a,
        total: impl Fn() -> u64 + 'a,
    ) {
        let each = self.each;
        let work = move |thread| {
            (0..each).for_each(|_| once(thread));
            0
        };
        self.enter_with(name, work, total);
    }

    /// Enters an operation that each thread counts for itself: `work` does all of one thread,
    /// and returns how many it did.
    pub fn enter_own(&mut self, name: &'static str, work: impl Fn(usize) -> u64 + Sync + 'a) {
        self.enter_with(name, work, || 0);
    }

    fn enter_with(
        &mut self,
        name: &'static str,
        work: impl Fn(usize) -> u64 + Sync + 'a,
        total: impl Fn() -> u64 + 'a,
    ) {
        let each = self.each;
        let round = move |threads| {
            let before = total();
            let (own, took) = together(threads, &work);
            let (counted, wanted) = (own + total() - before, threads as u64 * each);
            let right = (counted == wanted).then_some(took);
            right.ok_or_else(|| format!("{name}: {counted} of {wanted} counted").into())
        };
        self.operations.push((name, Box::new(round)));
    }

    /// Runs so many rounds of them all, and one before, which doesn't count; takes the medians.
    ///
    /// # Errors
    /// If one did not count right.
    pub fn run(self, rounds: usize) -> Result<Vec<Cost>> {
        let mut times = vec![[Vec::new(), Vec::new()]; self.operations.len()];
        for number in 0..=rounds {
            for ((_, round), times) in self.operations.iter().zip(&mut times) {
                for (threads, times) in [1, self.threads].into_iter().zip(times) {
                    let took = round(threads)?;
                    times.extend((number > 0).then_some(took));
                }
            }
        }
        let nanos = |mut times: Vec<Duration>| {
            times.sort_unstable();
            times[times.len() / 2].as_secs_f64() * 1e9 / self.each as f64
        };
        let names = self.operations.iter().map(|(name, _)| *name);
        let cost = |(name, times): (_, [Vec<_>; 2])| {
            let [alone, together] = times.map(nanos);
            Cost { name, alone, together }
        };
        Ok(names.zip(times).map(cost).collect())
    }
}
