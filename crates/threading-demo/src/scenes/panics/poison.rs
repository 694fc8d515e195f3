//! A panic between two changes that belong together: what the next holder of the lock sees.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use stage::Stage;

use super::quietly::{fail, quietly};

/// Two accounts. The invariant: they add up to 100, whenever nobody holds the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Accounts {
    ours: u32,
    theirs: u32,
}

impl Accounts {
    const OPENED: Accounts = Accounts { ours: 100, theirs: 0 };

    fn total(self) -> u32 {
        self.ours + self.theirs
    }

    /// Pays 30 and fails half-way.
    fn pay_half(&mut self) {
        self.ours -= 30;
        fail("the line is dead");
    }
}

/// What the next thread got from std's mutex.
struct Std {
    warned: bool,
    seen: u32,
    repaired: u32,
    /// Whether later locks warn.
    still_poisoned: bool,
}

pub(super) fn play(stage: &mut Stage<'_>) {
    let Std { warned, seen, repaired, still_poisoned } = quietly(std_mutex);
    stage.check(
        "std's Mutex is poisoned by a panic under its lock: the next lock() is an Err",
        format!("{}, and the accounts add up to {seen}", if warned { "Err" } else { "Ok" }),
        warned && seen == 70,
        "a panic under the lock poisons it: please report this",
    );
    stage.check(
        "into_inner() goes in, the invariant is restored, clear_poison() says so",
        format!(
            "{repaired} again, the next lock() is {}",
            if still_poisoned { "Err" } else { "Ok" }
        ),
        repaired == 100 && !still_poisoned,
        "Repairing the state does not clear the poison: clear_poison() does.",
    );
    let seen = quietly(parking_lot_mutex);
    stage.check(
        "parking_lot's Mutex has no poison: the next lock() succeeds and shows half a payment",
        format!("the accounts add up to {seen}"),
        seen == 70,
        "parking_lot has begun to undo changes: please report this",
    );
    stage.say(
        "So with parking_lot, or with into_inner() everywhere, the state must be whole between \
         any two statements that can panic; or a guard of your own must restore it.",
    );
}

fn std_mutex() -> Std {
    let accounts = Mutex::new(Accounts::OPENED);
    thread::scope(|scope| {
        let payer = scope.spawn(|| accounts.lock().expect("nobody panicked before").pay_half());
        payer.join().expect_err("the payment fails");
    });
    let (warned, guard) = match accounts.lock() {
        Ok(guard) => (false, guard),
        // The poison is a warning, not a lock: whoever knows how to repair may go in.
        Err(poisoned) => (true, poisoned.into_inner()),
    };
    let seen = guard.total();
    repair(&accounts, guard);
    let still_poisoned = accounts.is_poisoned();
    let repaired = accounts.lock().unwrap_or_else(PoisonError::into_inner).total();
    Std { warned, seen, repaired, still_poisoned }
}

/// Pays back what is missing, and only then says that all is well.
fn repair(mutex: &Mutex<Accounts>, mut accounts: MutexGuard<'_, Accounts>) {
    accounts.ours = Accounts::OPENED.total() - accounts.theirs;
    mutex.clear_poison();
}

fn parking_lot_mutex() -> u32 {
    let accounts = parking_lot::Mutex::new(Accounts::OPENED);
    thread::scope(|scope| {
        let payer = scope.spawn(|| accounts.lock().pay_half());
        payer.join().expect_err("the payment fails");
    });
    accounts.lock().total()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn std_warns_until_it_is_told_that_all_is_well() {
        let Std { warned, seen, repaired, still_poisoned } = quietly(std_mutex);
        assert_eq!((warned, seen, repaired, still_poisoned), (true, 70, 100, false));
        assert_eq!(quietly(parking_lot_mutex), 70);
    }
}
