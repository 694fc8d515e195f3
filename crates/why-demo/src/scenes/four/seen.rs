//! What was seen of a program: which task ran on which core, from when to when.

use std::time::Duration;

use stage::Timeline;
use stage::timeline::{Finished, Span};

use super::MARKS;

/// A task ran on a core, without a break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ran {
    /// Task A is 0, task B is 1.
    pub task: usize,
    /// The core, by the system's number.
    pub core: usize,
    /// From when, counted from the start of the program.
    pub from: Duration,
    /// To when.
    pub to: Duration,
}

/// All that was seen of it, and what it found.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Who ran where, thread by thread.
    pub ran: Vec<Ran>,
    /// How many primes were found.
    pub primes: u64,
}

impl Seen {
    /// With what was seen of another part of the program.
    #[must_use]
    pub fn and(mut self, other: Seen) -> Seen {
        self.ran.extend(other.ran);
        Seen { primes: self.primes + other.primes, ..self }
    }

    /// How long it took.
    #[must_use]
    pub fn took(&self) -> Duration {
        self.ran.iter().map(|ran| ran.to).max().unwrap_or_default()
    }

    /// The greatest number of tasks that had begun and not ended at the same instant, whether they
    /// ran just then or not. More than one: the program is concurrent.
    #[must_use]
    pub fn tasks_in_progress(&self) -> usize {
        let of = |task| self.ran.iter().filter(move |ran| ran.task == task);
        let life = |task| {
            let (from, to) = (of(task).map(|ran| ran.from).min(), of(task).map(|ran| ran.to).max());
            Some(span("alive", from?, to?))
        };
        let lives = (0..MARKS.len()).filter_map(life);
        at_once(lives.map(|life| vec![life]))
    }

    /// The greatest number of cores that worked at the same instant. More than one: it ran in
    /// parallel.
    #[must_use]
    pub fn cores_at_once(&self) -> usize {
        at_once(self.cores().into_iter().map(|core| self.busy(core)))
    }

    /// A lane a core.
    #[must_use]
    pub fn timeline(&self) -> Timeline {
        let lane = |core| Finished {
            name: format!("core {core}"),
            spans: self.on(core).map(|ran| span(MARKS[ran.task].state, ran.from, ran.to)).collect(),
        };
        Timeline { lanes: self.cores().into_iter().map(lane).collect() }
    }

    /// The cores on which it ran.
    #[must_use]
    pub fn cores(&self) -> Vec<usize> {
        let mut cores: Vec<_> = self.ran.iter().map(|ran| ran.core).collect();
        cores.sort_unstable();
        cores.dedup();
        cores
    }

    /// When a core worked. A piece that was interrupted encloses what the other thread did there
    /// meanwhile, and that is still one core.
    fn busy(&self, core: usize) -> Vec<Span> {
        let mut busy: Vec<Span> = Vec::new();
        for ran in self.on(core) {
            match busy.last_mut() {
                Some(last) if ran.from <= last.to => last.to = last.to.max(ran.to),
                _ => busy.push(span("works", ran.from, ran.to)),
            }
        }
        busy
    }

    /// What ran on a core, in order.
    fn on(&self, core: usize) -> impl Iterator<Item = Ran> {
        let mut there: Vec<_> = self.ran.iter().filter(|ran| ran.core == core).copied().collect();
        there.sort_by_key(|ran| ran.from);
        there.into_iter()
    }
}

fn span(state: &'static str, from: Duration, to: Duration) -> Span {
    Span { state, item: None, from, to }
}

/// The greatest number of lanes that are in any state at the same instant.
fn at_once(lanes: impl Iterator<Item = Vec<Span>>) -> usize {
    let lane = |spans: Vec<Span>| Finished { name: String::new(), spans };
    let lanes: Vec<_> = lanes.map(lane).collect();
    let state = lanes.iter().flat_map(|lane| &lane.spans).map(|span| span.state).next();
    Timeline { lanes }.at_once(state.unwrap_or_default())
}
