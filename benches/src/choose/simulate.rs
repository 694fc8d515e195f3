//! Queueing for slots and cores, played through in simulated time.
//!
//! All tasks are there at the start. A task takes a slot, asks (on a core), waits (on none),
//! answers and computes (on a core), and leaves its slot to the next. Cores are given in the order
//! of coming. Where the kernel shares them out, nobody keeps one for longer than a slice.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// What is played; times are in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// How many tasks there are, at least one.
    pub tasks: u64,
    /// How many of them may have begun and not ended.
    pub slots: u64,
    /// How many can be on a core at once.
    pub cores: u64,
    /// What a task does on a core before it waits.
    pub ask: f64,
    /// For how long it waits.
    pub wait: f64,
    /// What it does on a core afterwards.
    pub compute: f64,
    /// For how long a task may keep a core while others want it: for ever, if infinite.
    pub slice: f64,
}

/// When tasks had ended, in milliseconds from the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ends {
    /// The last of all.
    pub last: f64,
    /// The last of 99 in 100.
    pub p99: f64,
}

/// Beyond so many tasks the rest takes as long, a task, as the second half of these.
const PLAYED: u64 = 20_000;

/// Beyond so many slices the slice is made longer.
const SLICES: f64 = 500_000.0;

/// Plays it through.
#[must_use]
pub fn play(setting: &Setting) -> Ends {
    let Setting { tasks, .. } = *setting;
    let mut ends = ends(&Setting { tasks: tasks.min(PLAYED), ..*setting });
    ends.sort_by(f64::total_cmp);
    let at = |number: u64| {
        let (last, half) = (ends[ends.len() - 1], ends[ends.len() / 2]);
        match ends.get(number as usize) {
            Some(end) => *end,
            None => {
                let each = (last - half) / (PLAYED / 2) as f64;
                last + (number + 1 - PLAYED) as f64 * each
            }
        }
    };
    // The smallest number that is at least 99 % of all: its index is one less.
    Ends { last: at(tasks - 1), p99: at((tasks * 99).div_ceil(100) - 1) }
}

/// What a task wants of a core.
#[derive(Debug, Clone, Copy)]
struct Piece {
    left: f64,
    /// Whether it has waited already.
    waited: bool,
}

enum Event {
    /// A core has done a slice of this.
    Ran(Piece),
    /// The wait is over.
    Waited,
}

fn ends(setting: &Setting) -> Vec<f64> {
    let Setting { tasks, slots, cores, ask, wait, compute, slice } = *setting;
    let slice = slice.max(tasks as f64 * compute / SLICES);
    let begun = slots.min(tasks);
    let mut unbegun = tasks - begun;
    let asking = Piece { left: ask, waited: false };
    let mut queue: VecDeque<Piece> = (0..begun).map(|_| asking).collect();
    // When, and which. No time here is negative, so that bits are ordered as the times are.
    let mut events: BinaryHeap<Reverse<(u64, usize)>> = BinaryHeap::new();
    let mut happens = Vec::new();
    let (mut now, mut idle, mut ends) = (0.0, cores, Vec::with_capacity(tasks as usize));
    loop {
        while idle > 0
            && let Some(piece) = queue.pop_front()
        {
            idle -= 1;
            let ran = piece.left.min(slice);
            events.push(Reverse((f64::to_bits(now + ran), happens.len())));
            happens.push(Event::Ran(Piece { left: piece.left - ran, ..piece }));
        }
        let Some(Reverse((at, number))) = events.pop() else { return ends };
        now = f64::from_bits(at);
        match happens[number] {
            Event::Waited => queue.push_back(Piece { left: compute, waited: true }),
            Event::Ran(piece) => {
                idle += 1;
                if piece.left > 0.0 {
                    queue.push_back(piece);
                } else if !piece.waited {
                    events.push(Reverse((f64::to_bits(now + wait), happens.len())));
                    happens.push(Event::Waited);
                } else {
                    ends.push(now);
                    if unbegun > 0 {
                        unbegun -= 1;
                        // Whoever has ended a task is on a core already, and goes on to the next.
                        queue.push_front(asking);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Setting = Setting {
        tasks: 100,
        slots: 100,
        cores: 1,
        ask: 0.0,
        wait: 20.0,
        compute: 5.0,
        slice: f64::INFINITY,
    };

    fn last(setting: Setting) -> f64 {
        play(&setting).last
    }

    fn close(one: f64, other: f64) -> bool {
        (one - other).abs() < 1e-6
    }

    #[test]
    fn what_can_be_reckoned_by_hand_comes_out() {
        assert!(close(last(Setting { compute: 0.0, ..PLAIN }), 20.0), "all wait at once");
        assert!(close(last(PLAIN), 20.0 + 500.0), "they wait at once, and compute in turn");
        assert!(close(last(Setting { cores: 2, ..PLAIN }), 20.0 + 250.0));
        assert!(close(last(Setting { slots: 1, ..PLAIN }), 2_500.0), "one after another");
        assert!(close(last(Setting { slots: 10, compute: 0.0, ..PLAIN }), 200.0), "ten rounds");
        assert!(close(last(Setting { wait: 0.0, cores: 4, ..PLAIN }), 125.0));
        let shared = Setting { slice: 1.0, ..PLAIN };
        assert!(close(last(shared), 520.0), "slices change the order, not the sum");
        assert!(close(play(&PLAIN).p99, 20.0 + 495.0));
        assert!(play(&shared).p99 > 510.0, "where cores are shared, all end late");
    }

    #[test]
    fn the_rest_of_many_is_reckoned_from_the_first() {
        let many = Setting { tasks: 90_000, slots: 50, cores: 2, ..PLAIN };
        let ends = play(&many);
        assert!((ends.last / (90_000.0 * 2.5) - 1.0).abs() < 0.01, "{ends:?}");
        assert!(ends.p99 < ends.last && ends.p99 > 0.98 * ends.last, "{ends:?}");
    }

    #[test]
    fn more_cores_and_more_slots_are_never_slower() {
        for compute in [0.0, 0.3, 7.0] {
            for tasks in [1, 7, 64] {
                let at = |slots, cores| last(Setting { tasks, slots, cores, compute, ..PLAIN });
                for (slots, cores) in [(1, 1), (4, 1), (16, 2), (64, 3)] {
                    assert!(at(slots, cores + 1) <= at(slots, cores) + 1e-9);
                    assert!(at(slots * 2, cores) <= at(slots, cores) + 1e-9);
                }
            }
        }
    }
}
