//! Livelock: nobody waits, everybody moves, nothing gets done.

use std::sync::{Barrier, Mutex};
use std::thread;

/// Two who need both forks: each takes its own, tries the other's, and if that is taken backs off
/// for so many rounds, in step with the other one. Returns the round in which each ate, if it did.
pub(super) fn dine(rounds: usize, back_off: [usize; 2]) -> [Option<usize>; 2] {
    let (forks, step) = ([Mutex::new(()), Mutex::new(())], Barrier::new(2));
    thread::scope(|scope| {
        let (forks, step) = (&forks, &step);
        [0, 1]
            .map(|seat| scope.spawn(move || eat(seat, forks, step, rounds, back_off[seat])))
            .map(|seat| seat.join().expect("eating does not panic"))
    })
}

fn eat(
    seat: usize,
    forks: &[Mutex<()>; 2],
    step: &Barrier,
    rounds: usize,
    back_off: usize,
) -> Option<usize> {
    let (mut ate, mut next) = (None, 1);
    for round in 1..=rounds {
        let hungry = ate.is_none() && round >= next;
        let mine = hungry.then(|| forks[seat].try_lock().ok()).flatten();
        // Whoever is hungry has its own fork.
        step.wait();
        let other = mine.as_ref().and_then(|_| forks[1 - seat].try_lock().ok());
        // Whoever has its own fork has tried the other's.
        step.wait();
        match (&mine, &other) {
            (Some(_), Some(_)) => ate = Some(round),
            (Some(_), None) => next = round + back_off,
            _ => {}
        }
        drop((mine, other));
        // All forks are on the table again.
        step.wait();
    }
    ate
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_step_nobody_eats_and_out_of_step_both_do() {
        for _ in 0..100 {
            assert_eq!(dine(10, [1, 1]), [None, None]);
            assert_eq!(dine(10, [1, 2]), [Some(2), Some(3)]);
        }
    }
}
