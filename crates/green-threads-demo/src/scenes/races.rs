//! Hidden switches, and the races that hide there.

mod accounts;
mod deadlock;
mod held;

use stage::{Result, Scene, Stage, Table, excerpt};

use self::accounts::Way;

/// Nothing runs at the same time, and yet an update is lost.
pub const SCENE: Scene = Scene {
    name: "races",
    title: "hidden switches, hidden races",
    claim: "On one thread of the operating system no two green threads ever run at the same time. \
            Yet one that reads, waits, and then writes overwrites what the others wrote meanwhile; \
            and any call may wait without it being seen. A green lock helps, and std's doesn't: it \
            waits for the one thread there is. Who waits for each other for ever is found out.",
    play,
    try_this: "in crates/green-threads-demo/src/scenes/races/accounts.rs, in audited(), move the \
               line that calls audit() to the end: no update is lost, so the first claim falls. \
               The line looks as harmless in either place.",
    read: "crates/green-threads-demo/src/scenes/races/accounts.rs, audited() and audit()",
};

/// The balance after so many deposits in the plain way.
pub(crate) fn balance(threads: usize) -> Result<usize> {
    Ok(accounts::deposit(Way::Plain, threads)?.balance)
}

/// Two wait for each other, until that is found.
pub(crate) fn deadlock() {
    deadlock::quietly();
}

fn play(stage: &mut Stage<'_>) -> Result {
    let source = include_str!("races/accounts.rs");
    stage.say("A deposit, and another one:");
    stage.listing(["plain", "audited"].map(|name| excerpt(source, name)).join("\n\n"));
    stage.say(
        "Which of them is wrong? audit() tells an auditor by green::net, and waits for the answer. In async text \
         that would be audit(balance).await, and the .await is the warning: others run here. In \
         this text there is nothing to see; one has to know what audit() does, and all that it \
         calls.",
    );
    diary(stage)?;
    deposits(stage)?;
    held::play(stage)?;
    deadlock::play(stage)
}

/// Two deposits, step by step.
fn diary(stage: &mut Stage<'_>) -> Result {
    stage.say("Two green threads deposit 1 each in the audited way, step by step:");
    let outcome = accounts::deposit(Way::Audited, 2)?;
    let mut table = Table::new(["step", "first", "second"]);
    for (step, note) in outcome.diary.iter().enumerate() {
        let (mut first, mut second) = (note.to_string(), String::new());
        if note.who == 1 {
            std::mem::swap(&mut first, &mut second);
        }
        table.row([&(step + 1).to_string(), &first, &second]);
    }
    stage.table(&table);
    Ok(())
}

fn deposits(stage: &mut Stage<'_>) -> Result {
    let many = stage.pick(100, 40);
    stage.say(format!("{many} green threads deposit 1 each:"));
    let mut table = Table::new(["the deposit", "balance", "lost", "others ran in the midst"]);
    let mut outcomes = Vec::new();
    for way in Way::ALL {
        let outcome = accounts::deposit(way, many)?;
        let cells = [outcome.balance, many - outcome.balance, outcome.interrupted()];
        let [balance, lost, midst] = cells.map(|figure| figure.to_string());
        table.row([way.name(), &balance, &lost, &midst]);
        outcomes.push(outcome);
    }
    stage.table(&table);
    let [plain, audited, locked] = &outcomes[..] else { return Ok(()) };
    stage.check(
        "with a wait between the reading and the writing all updates but one are lost, by one \
         thread, each time",
        format!("{many} deposited, the balance is {}", audited.balance),
        audited.balance == 1,
        "Nobody waits between reading and writing any more.",
    );
    stage.check(
        "without a wait there no lock is needed: nobody can come in between",
        format!("{} of {many}", plain.balance),
        plain.balance == many && plain.interrupted() == 0,
        "There is a wait between the reading and the writing after all.",
    );
    stage.check(
        "a green::Mutex around all of it: who comes meanwhile waits, and nothing is lost",
        format!("{} of {many}", locked.balance),
        locked.balance == many && locked.interrupted() == 0,
        "The lock does not reach from the reading to the writing.",
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_there_and_fits_its_place() {
        for name in ["plain", "audited"] {
            let shown = excerpt(include_str!("races/accounts.rs"), name);
            assert!(shown.contains("fn "), "{name}");
            assert!(shown.lines().all(|line| line.chars().count() <= 76), "{name}");
        }
    }
}
