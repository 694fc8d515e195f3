//! A million switches of our own.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::green;

/// Has so many green threads give way so many times each; how long one of these takes.
pub(super) fn timed(threads: usize, rounds: usize) -> io::Result<Duration> {
    green::run(|| {
        let gives_way = move || (0..rounds).for_each(|_| green::yield_now());
        let all: Vec<_> = (0..threads).map(|_| green::spawn(gives_way)).collect();
        let start = Instant::now();
        // Only one that did not panic gives way so often; and these don't.
        all.into_iter().for_each(|thread| drop(thread.join()));
        start.elapsed() / (threads * rounds).max(1) as u32
    })
}

/// The same, and after each switch a green thread looks whether it is its turn, and whether what
/// lies on its stack is still its own. How many switches ended where they should.
pub(super) fn counted(threads: usize, rounds: usize) -> io::Result<usize> {
    green::run(|| {
        let turn = Rc::new(Cell::new(0));
        let one = |number: usize| {
            let turn = Rc::clone(&turn);
            green::spawn(move || {
                let mine = std::hint::black_box([number; 8]);
                let (mut sum, mut right) = (0.0, 0);
                for round in 0..rounds {
                    let my_turn = turn.replace(turn.get() + 1) == round * threads + number;
                    sum += 0.5;
                    green::yield_now();
                    let untouched = std::hint::black_box(&mine).iter().all(|it| *it == number);
                    let summed = sum == (round + 1) as f64 / 2.0;
                    right += usize::from(my_turn && untouched && summed);
                }
                right
            })
        };
        let all: Vec<_> = (0..threads).map(one).collect();
        all.into_iter().filter_map(|thread| thread.join().ok()).sum()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_a_turn_in_each_round() {
        assert_eq!(counted(50, 40).expect("a poller"), 2_000);
    }
}
