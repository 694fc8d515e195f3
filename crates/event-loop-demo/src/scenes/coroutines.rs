//! What an `async fn` becomes: a state machine, moved on by hand.

mod by_hand;
mod machine;
mod sizes;
mod trial;
mod written;

use stage::{Bars, Result, Scene, Stage, Table};

use self::by_hand::Act;
use self::trial::Trial;
use super::listing::listing;

/// A future is a state machine that does nothing until somebody polls it.
pub const SCENE: Scene = Scene {
    name: "coroutines",
    title: "a function that can stand still",
    claim: "An async fn is a state machine that the compiler writes: a state for each place where \
            it can stand still, and in it what it still needs from there on. Called, it does \
            nothing. Polled, it goes as far as it can, and leaves word (a waker) where it stands. \
            (In Python: coro.send(None), as with a generator; StopIteration carries the result.)",
    play,
    try_this: "in crates/event-loop-demo/src/scenes/coroutines/sizes.rs, before(), take away the inner \
               braces (and move `let last =` from in front of them to the line that reads the buffer, \
               with a semicolon at its end): the buffer now lives until the function ends, the future \
               is as large as across(), and the verdict on the buffers falls.",
    read: "crates/event-loop-demo/src/scenes/coroutines/machine.rs, poll()",
};

/// In which orders the two answers may come.
const ORDERS: [(&str, &[Act]); 3] = [
    ("in order", &[Act::Poll, Act::GiveFirst, Act::GiveSecond]),
    ("the second first", &[Act::Poll, Act::GiveSecond, Act::GiveFirst]),
    ("both before the first poll", &[Act::GiveSecond, Act::GiveFirst, Act::Poll]),
];

fn play(stage: &mut Stage<'_>) -> Result {
    texts(stage);
    step_by_step(stage);
    other_orders(stage);
    sizes(stage);
    Ok(())
}

fn texts(stage: &mut Stage<'_>) {
    stage.say(
        "An async fn that waits twice (a Promised is a future whose value somebody gives later, as \
         asyncio's Future):",
    );
    stage.listing(listing(include_str!("coroutines/written.rs")));
    stage.say("What the compiler makes of it, written by hand:");
    stage.listing(listing(include_str!("coroutines/machine.rs")));
    stage.listing(DRAWING);
}

/// Above an arrow: what is there when it goes on. At the foot of a state: what it holds.
const DRAWING: &str = "
╭───────╮poll ╭─────────────────╮first ╭──────────────────╮second╭──────╮
│ Start ├────▶│ WaitingForFirst ├─────▶│ WaitingForSecond ├─────▶│ Done │
│       │     │                 │      │                  │      │      │
│ first │     │ first           │      │ a                │      │      │
│ second│     │ second          │      │ second           │      │      │
╰───────╯     ╰──┬───────────▲──╯      ╰──┬────────────▲──╯      ╰──────╯
                 ╰─ Pending ─╯            ╰─ Pending ──╯        Ready(a + b)
";

fn step_by_step(stage: &mut Stage<'_>) {
    let (_, acts) = ORDERS[0];
    let [hand, compiled] = [by_hand::machine(acts), by_hand::compiled(acts)];
    stage.say(
        "Both polled by hand; there is no runtime. The waker only counts. What is polled, after the \
         first time, is what was woken. The first await is given 40, the second 2; what each poll \
         noted and returned, and how often the waker was called so far:",
    );
    stage.listing(listing(include_str!("coroutines/by_hand.rs")));
    let mut table = Table::new(["", "in state", "notes", "by hand", "async fn", "woken"]);
    for (step, other) in hand.0.iter().zip(&compiled.0) {
        table.row([
            &step.what,
            step.state,
            &step.noted.join(", "),
            &step.returned(),
            &other.returned(),
            &step.wakes.to_string(),
        ]);
    }
    stage.table(&table);
    let noted = [&hand, &compiled].map(Trial::noted_unpolled);
    stage.check(
        "called, it does nothing before its first poll",
        format!("{} and {} notes before it", noted[0], noted[1]),
        noted == [0, 0],
        "something runs futures before they are polled: please report this",
    );
    stage.check(
        "polled once, and then only when woken, each comes to its end",
        format!("{} polls, {} wakes, {}", hand.polls(), hand.wakes(), hand.ended()),
        [&hand, &compiled]
            .iter()
            .all(|trial| trial.polls() == 1 + trial.wakes() && trial.ended() == "Ready(42)"),
        "a wake came for nothing, or one was lost: please report this",
    );
}

fn other_orders(stage: &mut Stage<'_>) {
    stage.say(
        "The values may come in any order. One that nobody waits for yet wakes nobody; one that is \
         there already is not waited for:",
    );
    let mut table = Table::new(["the values come", "polls", "wakes", "poll by poll"]);
    let mut same = 0;
    for (order, acts) in ORDERS {
        let [hand, compiled] = [by_hand::machine(acts), by_hand::compiled(acts)];
        let figures = [hand.polls(), hand.wakes()].map(|figure| figure.to_string());
        table.row([order, &figures[0], &figures[1], &hand.each_poll()]);
        same += usize::from(hand.is_like(&compiled));
    }
    stage.table(&table);
    stage.check(
        "the machine and the async fn do the same in every step: what they return, what they note, \
         how often they were woken",
        format!("in {same} orders of {}", ORDERS.len()),
        same == ORDERS.len(),
        "your compiler writes another machine: look at the notes of both",
    );
}

fn sizes(stage: &mut Stage<'_>) {
    let sizes = sizes::all();
    stage.say(format!(
        "A future has no stack: it holds what it needs after an await. Here, a buffer of {} bytes:",
        sizes::BUFFER
    ));
    stage.listing(listing(include_str!("coroutines/sizes.rs")));
    let mut bars = Bars::new("How large the futures are:", "bytes");
    for (what, bytes) in sizes.named() {
        bars.bar(what, bytes as f64);
    }
    stage.bars(&bars);
    stage.say(format!(
        "The compiler's sum() is larger than ours: it keeps the place of an argument beside that of \
         the future that is awaited, though one has moved into the other. (A future of {} bytes, \
         taken as an argument and awaited, makes one of {}.)",
        sizes.argument, sizes.awaiting,
    ));
    stage.check(
        "a buffer that is needed after the await is a part of the future; one that isn't, is not",
        format!("{} bytes and {}", sizes.across, sizes.before),
        sizes.across >= sizes::BUFFER && sizes.before < sizes::BUFFER,
        "your compiler knows when a buffer is needed in another way than the one that this was \
         written with; or you have taken away the braces, as its `try` proposes",
    );
    stage.check(
        "states share their memory: two buffers, each across an await of its own, take the room of \
         one",
        format!("{} bytes", sizes.in_turns),
        sizes.in_turns < 2 * sizes::BUFFER,
        "your compiler lays out states in another way than the one that this was written with",
    );
}
