//! Two stacks: what a switch saves and restores.

mod deep;
mod drawn;
mod two;

use stage::{Result, Scene, Stage, Table};

use self::two::{Seen, Tally, goes_on};
use super::listing::listing;
use crate::green::stack::SIZE;
use crate::green::switch::KEPT;

/// What one leaves behind that stands still, and how another goes on.
pub const SCENE: Scene = Scene {
    name: "stacks",
    title: "two stacks, and a switch",
    claim: "Where a function stands lies on its stack: its locals, and where each call returns to. \
            So whoever has two stacks can stand in two places. To change places is to put a few \
            words on the one stack, and to point the stack pointer at the other. (In Python: \
            greenlet's switch(), under gevent. It copies the stacks, ours stay where they are.)",
    play,
    try_this: "on x86-64: in crates/green-threads-demo/src/green/switch/x86_64.rs, switch(), take away \
               the line with r12 to r15. Nobody saves them now, so A goes on with what B had in them, \
               and B with A's: the two verdicts on their locals fall.",
    read: "crates/green-threads-demo/src/green/switch/x86_64.rs (or \
           crates/green-threads-demo/src/green/switch/aarch64.rs), switch() and prepare()",
};

/// This processor's switch.
const SWITCH: &str = if cfg!(target_arch = "x86_64") {
    include_str!("../green/switch/x86_64.rs")
} else {
    include_str!("../green/switch/aarch64.rs")
};

fn play(stage: &mut Stage<'_>) -> Result {
    let rounds = stage.pick(100_000, 10_000);
    let seen = two::play(rounds)?;
    stage.say(format!(
        "A and B each have a stack of {} KiB, and no scheduler. They count in their locals and \
         switch to each other, {rounds} times each. Then A calls itself, while B stands still. Where \
         things lay then, in bytes below each one's top (A's is at {:#x}, B's at {:#x}):",
        SIZE / 1024,
        seen.players[0].top,
        seen.players[1].top,
    ));
    stage.listing(drawn::draw(&seen));
    words(stage, &seen);
    stage.say("The switch, as it was compiled for this processor:");
    stage.listing(listing(SWITCH));
    stage.say(
        "What it tells the compiler to be overwritten (out, clobber_abi), the compiler has put on the \
         stack before, if it needs it afterwards: floating-point values too.",
    );
    kept(stage, &seen, rounds);
    apart(stage, &seen);
    Ok(())
}

/// What lies there where B stands.
fn words(stage: &mut Stage<'_>, seen: &Seen) {
    stage.say(
        "The words at B's stack pointer, as they were read from memory. (A register is one of the \
         processor's few own words. These few a function must give back as it found them.)",
    );
    let mut table = Table::new(["address", "value", "what it is"]);
    for (i, (name, word)) in KEPT.iter().zip(seen.standing.words).enumerate() {
        let address = format!("{:#x}", seen.standing.kept + 8 * i);
        table.row([&address, &format!("{word:#x}"), *name]);
    }
    stage.table(&table);
    let bytes = seen.standing.before - seen.standing.kept;
    stage.check(
        "a switch puts these words on the stack, and nothing else",
        format!("the stack pointer went {bytes} bytes down"),
        bytes == 8 * KEPT.len(),
        "Your compiler moves the stack pointer itself before it switches.",
    );
    let goes_on = goes_on(&seen.standing);
    stage.check(
        "where to go on is a place within the function that has switched",
        goes_on.map_or("elsewhere".to_owned(), |bytes| format!("{bytes} bytes from its beginning")),
        goes_on.is_some_and(|bytes| (1..4096).contains(&bytes)),
        "Your compiler has put the switch into another function.",
    );
}

fn kept(stage: &mut Stage<'_>, seen: &Seen, rounds: u64) {
    let expected = [0, 1].map(|who| Tally::expected(who, rounds));
    let tallies = seen.players.map(|player| player.tally);
    stage.check(
        format!("after {} switches each has its own locals, as if there had been none", 2 * rounds),
        format!("A has counted to {}, B to {}", tallies[0].count, tallies[1].count),
        tallies.map(|tally| tally.count) == expected.map(|tally| tally.count),
        "Both have counted in the same place, or a switch has lost a register.",
    );
    stage.check(
        "floating-point values too, to the last bit",
        format!("{} and {}", tallies[0].sum, tallies[1].sum),
        tallies.map(|tally| tally.sum.to_bits()) == expected.map(|tally| tally.sum.to_bits()),
        "Both have added up in the same place, or a switch has lost a register.",
    );
}

fn apart(stage: &mut Stage<'_>, seen: &Seen) {
    let locals = [seen.players[0].local, seen.players[1].local, seen.first_local];
    let on = |local: usize| {
        seen.players.iter().position(|player| (player.top - SIZE..player.top).contains(&local))
    };
    stage.check(
        "their locals lie on two stacks, and those of who set them up on a third",
        locals.map(|local| format!("{local:#x}")).join(", "),
        locals.map(on) == [Some(0), Some(1), None],
        "A local that is not on its own stack: please report this.",
    );
    let depth = seen.players[0].top - seen.deepest;
    let [before, after] = seen.sums;
    stage.check(
        "however deep A goes, B's stack stays as it was",
        format!(
            "A went {} KiB deep; a sum over B's stack was {before:x}, and is {after:x}",
            depth / 1024
        ),
        before == after && depth > 64 * 1024,
        "A has reached B's stack: please report this.",
    );
}
