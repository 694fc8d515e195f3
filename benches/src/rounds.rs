//! Rounds of measurements for as long as there is time: the first ones of all, and then more of what
//! takes little.
//!
//! What is short is what a disturbance changes most, and another run of it costs least.

use std::time::{Duration, Instant};

use crate::interrupt::Interrupt;
use crate::progress::Progress;

/// Cells that are run one after another in one round, because they are compared with each other and
/// with no others.
#[derive(Debug, Clone)]
pub(crate) struct Turn {
    /// Its round.
    pub(crate) round: usize,
    /// The numbers of its cells, in the order in which they are run.
    pub(crate) cells: Vec<usize>,
}

impl Turn {
    /// How long it takes if each of its cells takes what it took last.
    fn takes(&self, took: &[Duration]) -> Duration {
        self.cells.iter().map(|cell| took[*cell]).sum()
    }
}

/// Which turns there are, and how long they may take.
pub(crate) struct Rounds {
    /// All that there could be, round by round.
    pub(crate) turns: Vec<Turn>,
    /// So many rounds there are in any case.
    pub(crate) least: usize,
    /// The others only if they end within so long.
    pub(crate) budget: Duration,
}

impl Rounds {
    /// Runs them until they are over or interrupted. `once` runs a cell, and says whether it would run
    /// it again: who is in trouble takes no time in the next round.
    pub(crate) fn run(
        self,
        name: impl Fn(usize) -> String,
        interrupt: &Interrupt,
        progress: &mut Progress,
        mut once: impl FnMut(usize) -> bool,
    ) {
        let Rounds { turns, least, budget } = self;
        let names = |turns: &[Turn]| -> Vec<_> {
            turns.iter().flat_map(|turn| &turn.cells).map(|cell| name(*cell)).collect()
        };
        let begun = Instant::now();
        let cells = turns.iter().flat_map(|turn| &turn.cells).max().map_or(0, |most| most + 1);
        // How long each cell took in its last round.
        let mut took = vec![Duration::ZERO; cells];
        let (first, more) = turns.split_at(turns.partition_point(|turn| turn.round < least));
        progress.part_within(names(&turns), names(first).len(), budget);
        let mut run = |turn: &Turn, took: &mut [Duration], progress: &mut Progress| {
            for &cell in &turn.cells {
                if interrupt.has_come() {
                    return;
                }
                progress.step();
                let started = Instant::now();
                let again = once(cell);
                took[cell] = if again { started.elapsed() } else { Duration::ZERO };
            }
        };
        first.iter().for_each(|turn| run(turn, &mut took, progress));
        let more = that_fit(more, &took, budget.saturating_sub(begun.elapsed()));
        progress.steps_to_come(names(&more));
        for turn in more {
            // The machine may have become slower since.
            if begun.elapsed() + turn.takes(&took) > budget {
                break;
            }
            run(&turn, &mut took, progress);
        }
        progress.step();
    }
}

/// The turns that fit into the time that is left, if each takes what its cells took before; those come
/// in with which its cells have had least in all. Their order stays what it was.
fn that_fit(turns: &[Turn], took: &[Duration], mut left: Duration) -> Vec<Turn> {
    let mut order = Vec::from_iter(0..turns.len());
    order.sort_by_key(|&turn| turns[turn].takes(took) * (turns[turn].round + 1) as u32);
    order.retain(|&turn| match left.checked_sub(turns[turn].takes(took)) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    });
    order.sort_unstable();
    order.into_iter().map(|turn| turns[turn].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_goes_to_the_short_and_is_run_round_by_round() {
        let turns = |round| [vec![0, 1], vec![2], vec![3]].map(|cells| Turn { round, cells });
        let turns = [turns(3), turns(4)].concat();
        let took = [5, 5, 1, 4].map(Duration::from_secs);
        let fit = |seconds| {
            let fit = that_fit(&turns, &took, Duration::from_secs(seconds));
            fit.iter().map(|turn| (turn.round, turn.cells[0])).collect::<Vec<_>>()
        };
        assert_eq!(fit(0), []);
        assert_eq!(fit(1), [(3, 2)]);
        assert_eq!(fit(6), [(3, 2), (3, 3), (4, 2)]);
        assert_eq!(fit(14), [(3, 2), (3, 3), (4, 2), (4, 3)]);
        assert_eq!(fit(20), [(3, 0), (3, 2), (3, 3), (4, 2), (4, 3)]);
    }

    #[test]
    fn the_first_rounds_are_run_in_any_case_and_the_others_within_the_budget() {
        let turns = |round| [vec![1, 0], vec![2]].map(|cells| Turn { round, cells });
        let ran = |budget| {
            let (mut ran, turns) = (Vec::new(), [0, 1, 2].map(turns).concat());
            let (interrupt, progress) = (Interrupt::never(), &mut Progress::over(&[]));
            let name = |cell: usize| cell.to_string();
            Rounds { turns, least: 2, budget }.run(name, &interrupt, progress, |cell| {
                ran.push(cell);
                true
            });
            ran
        };
        assert_eq!(ran(Duration::ZERO), [1, 0, 2, 1, 0, 2]);
        assert_eq!(ran(Duration::from_secs(60)), [1, 0, 2, 1, 0, 2, 1, 0, 2]);
    }
}
