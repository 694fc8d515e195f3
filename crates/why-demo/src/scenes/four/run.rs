//! Two tasks, and three programs that do both.

use std::ops::Range;
use std::time::{Duration, Instant};

use workloads::{Result, primes};

use super::seen::{Ran, Seen};
use crate::{cores, crew};

/// The numbers that each task tests for primes: of about equal cost.
const TASKS: [Range<u64>; 2] = [1_000_000..1_500_000, 1_500_000..1_980_000];

/// So many numbers, some 20 µs, between two looks at the clock.
const PIECE: u64 = 250;

/// A piece that took longer was interrupted: when in it, nobody knows, so it is not drawn.
const INTERRUPTED: Duration = Duration::from_micros(300);

/// A longer time between two pieces is not drawn as if the thread had run.
const GAP: Duration = Duration::from_micros(10);

/// How a program is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// A, and when it is done, B.
    OneAfterAnother,
    /// A thread does A, and another does B: both have begun before either has ended.
    BothAtOnce,
    /// A by two threads, half of its numbers each; when both are done, B in the same way.
    EachSplit,
}

impl Program {
    /// How it is made, in a line.
    #[must_use]
    pub fn told(self) -> &'static str {
        match self {
            Program::OneAfterAnother => "one thread does A, then B.",
            Program::BothAtOnce => "a thread for A and a thread for B.",
            Program::EachSplit => "two threads do A, a half each; then B.",
        }
    }
}

/// Runs a program. Its first thread stays on the first of these cores, and its second, if it has
/// one, on the last.
///
/// # Errors
/// If there is no thread to be had, or none on these cores.
pub fn run(program: Program, cores: [usize; 2]) -> Result<Seen> {
    let start = Instant::now();
    let [a, b] = TASKS;
    let with = |parts: &[Part]| {
        let seen = crew::together(parts.len(), |thread| {
            cores::stay_on(&[cores[thread]])?;
            Ok(parts[thread].work(start))
        })?;
        Ok(seen.into_iter().fold(Seen::default(), Seen::and))
    };
    let (task_a, task_b) = (Part { task: 0, numbers: a }, Part { task: 1, numbers: b });
    match program {
        Program::OneAfterAnother => {
            let seen = with(&[task_a])?;
            Ok(seen.and(with(&[task_b])?))
        }
        Program::BothAtOnce => with(&[task_a, task_b]),
        Program::EachSplit => {
            let seen = with(&task_a.halves())?;
            Ok(seen.and(with(&task_b.halves())?))
        }
    }
}

/// What one thread does of a task.
struct Part {
    task: usize,
    numbers: Range<u64>,
}

impl Part {
    fn halves(self) -> [Part; 2] {
        let Part { task, numbers: Range { start, end } } = self;
        let middle = start.midpoint(end);
        [start..middle, middle..end].map(|numbers| Part { task, numbers })
    }

    /// Counts primes, and notes piece by piece where that was and from when to when.
    fn work(&self, start: Instant) -> Seen {
        let mut seen = Seen::default();
        let mut next = self.numbers.start;
        while next < self.numbers.end {
            let from = start.elapsed();
            let until = self.numbers.end.min(next + PIECE);
            seen.primes += primes::count(next..until);
            next = until;
            let (to, core) = (start.elapsed(), cores::current());
            if to - from > INTERRUPTED {
                continue;
            }
            match seen.ran.last_mut() {
                Some(last) if Some(last.core) == core && from - last.to < GAP => last.to = to,
                _ => seen.ran.extend(core.map(|core| Ran { task: self.task, core, from, to })),
            }
        }
        seen
    }
}
