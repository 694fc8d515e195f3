//! Others who made threads of their own, and what they chose.

mod choices;
mod ours;
mod theirs;

use stage::{Bars, Result, Scene, Stage, Table};

use self::theirs::Figure;

/// Honourable mentions.
pub const SCENE: Scene = Scene {
    name: "others",
    title: "who else, and what they chose",
    claim: "Where to keep the stack, who decides when to switch, on how many threads of the \
            operating system, and what still blocks: each answer has its price, and all of them \
            have been chosen by somebody. Giving way costs us a small part of what it does in \
            an interpreted language, since there is little left to leave out.",
    play,
    try_this: "in crates/green-threads-demo/src/scenes/others/ours.rs, in counted(), have green \
               thread 0 give way twice a round: the claim falls, for from then on it comes a turn \
               too late.",
    read: "crates/green-threads-demo/src/scenes/others/choices.rs, ALL",
};

/// How many green threads give way.
const THREADS: usize = 1_000;

fn play(stage: &mut Stage<'_>) -> Result {
    let mut table = Table::new(["who", "a stack", "switches", "OS threads", "what blocks whom"]);
    for choice in choices::ALL {
        let choices::Choice { who, stack, switches, on, blocks } = choice;
        table.row([who, stack, switches, on, blocks]);
    }
    stage.table(&table);
    stage.say(
        "(may and corosensei are libraries for Rust. std's: a call of its standard library that \
         waits. C: a call into it that waits, or for long doesn't come back; Go then takes one \
         more thread of the operating system.) A copied stack wastes no addresses and makes each \
         switch dearer. One that grows by being moved needs to know every pointer into it: a \
         runtime and a compiler of its own can, Rust can't. Many threads of the operating system \
         use all cores, and bring data races back; in Rust also a thread-local that is another \
         one after a wait (may says: don't use them), which is why our green threads stay where \
         they began. Java's pinned their carrier (the thread of the operating system beneath) \
         inside `synchronized` until JDK 24 (JEP 491).",
    );
    measure(stage)
}

fn measure(stage: &mut Stage<'_>) -> Result {
    let rounds = stage.pick(1_000, 200);
    let right = ours::counted(THREADS, rounds)?;
    let mut times = Vec::new();
    for _ in 0..5 {
        times.push(ours::timed(THREADS, rounds)?);
    }
    times.sort_unstable();
    // The fastest: whatever else runs here only makes it slower.
    let ours = times[0].as_nanos() as f64;
    let mut theirs = theirs::python(THREADS, rounds / 20);
    if !stage.is_quick() {
        theirs.extend(theirs::go(THREADS, rounds));
    }
    draw(stage, ours, &theirs);
    stage.check(
        "a switch ends where it should: everybody has its turn in each round, and its stack is as \
         it was",
        format!("{right} of {}", THREADS * rounds),
        right == THREADS * rounds,
        "Somebody ran out of turn: does each give way once a round?",
    );
    for Figure { name, nanos } in theirs.iter().filter(|figure| figure.name != "Go") {
        stage.check(
            format!("giving way costs us less than a fifth of what it does with {name}"),
            format!("{ours:.0} to {nanos:.0} ns"),
            ours < nanos / 5.0,
            "Other programs kept this thread from its core while it was timed.",
        );
    }
    Ok(())
}

fn draw(stage: &mut Stage<'_>, ours: f64, theirs: &[Figure]) {
    let title = format!("To give way, with {THREADS} that do, on one thread of the OS");
    let mut bars = Bars::new(title, "ns");
    bars.bar("this chapter", ours);
    theirs.iter().for_each(|figure| bars.bar(&figure.name, figure.nanos));
    stage.bars(&bars);
    let have = |name| theirs.iter().any(|figure| figure.name == name);
    if have("asyncio") {
        stage.say("asyncio's tasks have no stacks: it is there to compare with (chapter 5).");
    }
    let missing = [
        (!have("asyncio"), "python3"),
        (!have("gevent"), "gevent (pip install gevent, into the python3 of the PATH)"),
        (!have("Go") && !stage.is_quick(), "Go (go.dev/dl)"),
    ];
    let missing: Vec<_> =
        missing.into_iter().filter_map(|(missing, name)| missing.then_some(name)).collect();
    if !missing.is_empty() {
        stage.say(format!(
            "Not here, and measured where they are: {}. The programs are in \
             crates/green-threads-demo/src/scenes/others/.",
            missing.join(", ")
        ));
    }
    if stage.is_quick() {
        stage.say("Go is left out of a quick run: its program must be compiled.");
    }
}
