//! A lock that is held across a hidden wait: std's, and the green one.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{self, TryLockError};
use std::time::Duration;

use stage::{Result, Stage, Table};

use crate::green;

/// What somebody finds that wants a lock whose holder waits.
pub(super) struct Found {
    /// What std's `try_lock` said.
    std: &'static str,
    /// What happened with the green lock, in order.
    green: Vec<&'static str>,
}

/// Long enough for whoever else wants a turn.
const WAIT: Duration = Duration::from_millis(2);

fn std_lock() -> Result<&'static str> {
    Ok(green::run(|| {
        let lock = Rc::new(sync::Mutex::new(()));
        let held = Rc::clone(&lock);
        let holder = green::spawn(move || {
            let _guard = held.lock();
            green::sleep(WAIT);
        });
        green::yield_now();
        // lock() would have this thread of the operating system wait for a guard that only this
        // thread of the operating system can drop: for ever.
        let found = match lock.try_lock() {
            Ok(_) => "Ok(..)",
            Err(TryLockError::WouldBlock) => "Err(WouldBlock)",
            Err(TryLockError::Poisoned(_)) => "Err(Poisoned)",
        };
        holder.join().map_err(|why| format!("the holder: {why:?}"))?;
        Ok::<_, String>(found)
    })??)
}

fn green_lock() -> Result<Vec<&'static str>> {
    let events = Rc::new(RefCell::new(Vec::new()));
    let noted = Rc::clone(&events);
    green::run(|| {
        let note = move |what| noted.borrow_mut().push(what);
        let lock = Rc::new(green::Mutex::new(()));
        let (held, theirs) = (Rc::clone(&lock), note.clone());
        let holder = green::spawn(move || {
            let _guard = held.lock();
            theirs("the holder holds it and waits");
            green::sleep(WAIT);
            theirs("the holder goes on and drops it");
        });
        green::yield_now();
        note("another calls lock()");
        drop(lock.lock());
        note("the other has it");
        holder.join().map_err(|why| format!("the holder: {why:?}"))
    })??;
    Ok(events.take())
}

pub(super) fn found() -> Result<Found> {
    Ok(Found { std: std_lock()?, green: green_lock()? })
}

const IN_ORDER: [&str; 4] = [
    "the holder holds it and waits",
    "another calls lock()",
    "the holder goes on and drops it",
    "the other has it",
];

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let found = found()?;
    stage.say(
        "Two locks, each held by a green thread that waits. What another one finds with std's, and \
         what happens with the green one:",
    );
    let mut table = Table::new(["the lock", "what happens"]);
    table.row(["std::sync::Mutex", &format!("try_lock() says {}", found.std)]);
    for event in &found.green {
        table.row(["green::Mutex", event]);
    }
    stage.table(&table);
    stage.check(
        "std's lock() would stop all for ever, its holder too: they are one thread; with the green \
         lock the holder goes on",
        format!("{}; {} of 4 steps in order", found.std, found.right()),
        found.std == "Err(WouldBlock)" && found.right() == 4,
        "The holder does not wait while it holds the lock.",
    );
    stage.say(
        "In async Rust clippy finds a guard that lives across an .await (await_holding_lock). Here \
         it has no .await to look for.",
    );
    Ok(())
}

impl Found {
    fn right(&self) -> usize {
        self.green.iter().zip(IN_ORDER).take_while(|(event, expected)| *event == expected).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stds_would_block_and_the_green_one_lets_its_holder_go_on() {
        let found = found().expect("a poller");
        assert_eq!(found.std, "Err(WouldBlock)");
        assert_eq!(found.green, IN_ORDER);
    }
}
