//! Thread-locals, and why a green thread never moves.

mod addresses;
mod green_local;
mod handlers;
mod sendable;

use stage::{Result, Scene, Stage, Table};

use self::handlers::{NOBODY, Served, USERS, Way};
use super::listing::listing;

/// Whose variable a thread-local is.
pub const SCENE: Scene = Scene {
    name: "locals",
    title: "thread-locals, and why nobody moves",
    claim: "A thread_local! is a variable of the operating system's thread: all green threads on it \
            share one. Who sets it and waits may find another's value. What each must have for \
            itself belongs on its stack, or into a map by green thread. (gevent patches Python's \
            threading.local to be such a map; contextvars are asyncio's.)",
    play,
    try_this: "in crates/green-threads-demo/src/scenes/locals/handlers.rs, thread_local(), change the \
               order of USER.set() and wait(): nothing waits between noting and looking any more, \
               each finds its own, and the second verdict falls.",
    read: "crates/green-threads-demo/src/scenes/locals/handlers.rs, and \
           crates/green-threads-demo/src/scenes/locals/green_local.rs",
};

fn play(stage: &mut Stage<'_>) -> Result {
    let system = handlers::on_system_threads()?;
    let ways = Way::ALL.map(|way| Ok((way, handlers::on_green_threads(way)?)));
    let ways = ways.into_iter().collect::<Result<Vec<_>>>()?;
    stage.say(
        "Three users are served at the same time, each by a thread that notes whom it serves, waits, \
         and then looks whom it serves:",
    );
    stage.listing(listing(include_str!("locals/handlers.rs")));
    found(stage, &system, &ways);
    verdicts(stage, &system, &ways);
    addresses::play(stage)?;
    sendable::play(stage);
    Ok(())
}

fn found(stage: &mut Stage<'_>, system: &Served, ways: &[(Way, Served)]) {
    stage.say("Whom each found after it had waited, and who was left noted behind all of them:");
    let [first, second, third] = USERS;
    let mut table = Table::new(["", "noted in", first, second, third, "left behind"]);
    let mut row = |threads: &str, noted: &str, served: &Served| {
        let [first, second, third] = served.found;
        table.row([threads, noted, first, second, third, served.left]);
    };
    row("OS threads", Way::ThreadLocal.name(), system);
    for (way, served) in ways {
        row("green", way.name(), served);
    }
    stage.table(&table);
}

fn verdicts(stage: &mut Stage<'_>, system: &Served, ways: &[(Way, Served)]) {
    let [(_, shared), (_, restored), (_, passed), (_, local)] = ways else { return };
    let own = |served: &Served| format!("{} of {} found their own", served.own(), USERS.len());
    stage.check(
        "each thread of the operating system has its own",
        own(system),
        system.found == USERS,
        "A thread-local is no longer one: please report this.",
    );
    stage.check(
        "green threads share it: whoever noted last is whom all find",
        shared.found.join(", "),
        shared.found == [USERS[2]; 3],
        "One that has noted its user no longer waits before it looks.",
    );
    stage.check(
        "to restore it at the end is no cure: that undoes what others have noted meanwhile, and in \
         the end somebody is noted whom nobody serves",
        format!("{}; left behind: {}", restored.found.join(", "), restored.left),
        restored.own() == 0 && restored.left != NOBODY,
        "One that has noted its user no longer waits before it looks.",
    );
    stage.check(
        "passed along on the stack, or noted by green thread, it is everybody's own",
        format!("{}, and {}", own(passed), own(local)),
        passed.found == USERS && local.found == USERS && local.left == NOBODY,
        "What should be each one's own is shared.",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_is_confused_and_what_is_ones_own_is_not() {
        let [alice, _, carol] = USERS;
        let served = |way| handlers::on_green_threads(way).expect("green threads");
        assert_eq!(handlers::on_system_threads().expect("threads").found, USERS);
        assert_eq!(served(Way::ThreadLocal), Served { found: [carol; 3], left: carol });
        let restored = Served { found: [carol, NOBODY, alice], left: USERS[1] };
        assert_eq!(served(Way::Restored), restored);
        for way in [Way::Passed, Way::GreenLocal] {
            assert_eq!(served(way), Served { found: USERS, left: NOBODY });
        }
    }
}
