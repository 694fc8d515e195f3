//! Starvation: everybody gets on but one.

use std::sync::{Barrier, Mutex, PoisonError};
use std::thread;

/// Two neighbours eat in turns, so many meals in all, and the one between them tries for both
/// forks at each. Returns how often the left one, the one between and the right one ate.
///
/// A neighbour needs one fork, and takes it before the other neighbour has put down its own: each
/// fork is free half of the time, and there is no moment at which both are. What helps is a
/// queue, in which a fork that is put down goes to whoever has waited longest.
pub(super) fn between_neighbours(meals: usize) -> [usize; 3] {
    let (forks, step) = ([Mutex::new(()), Mutex::new(())], Barrier::new(3));
    thread::scope(|scope| {
        let (forks, step) = (&forks, &step);
        let neighbour = |side: usize| move || neighbour(side, &forks[side], step, meals);
        let between = move || between(forks, step, meals);
        [scope.spawn(neighbour(0)), scope.spawn(between), scope.spawn(neighbour(1))]
            .map(|seat| seat.join().expect("eating does not panic"))
    })
}

fn neighbour(side: usize, fork: &Mutex<()>, step: &Barrier, meals: usize) -> usize {
    let (mut held, mut ate) = (None, 0);
    for meal in 0..meals {
        let mine = meal % 2 == side;
        if mine {
            held = Some(fork.lock().unwrap_or_else(PoisonError::into_inner));
            ate += 1;
        }
        // Whose turn it is has its fork; only now the other one puts down its own.
        step.wait();
        if !mine {
            held = None;
        }
        step.wait();
    }
    drop(held);
    ate
}

fn between(forks: &[Mutex<()>; 2], step: &Barrier, meals: usize) -> usize {
    let tries = (0..meals).filter(|_| {
        step.wait();
        let both = matches!((forks[0].try_lock(), forks[1].try_lock()), (Ok(_), Ok(_)));
        step.wait();
        both
    });
    tries.count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_between_never_eats() {
        assert_eq!(between_neighbours(1_000), [500, 0, 500]);
    }
}
