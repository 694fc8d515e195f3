//! Why a lock at all: two threads, one reference count.

mod by_luck;
mod cued;
mod life;
mod stepwise;

use stage::{Result, Scene, Stage, Table};

pub use cued::{Change, Deed, ORDERS, Order, Step, cued};
pub use life::{End, Event, Life, World, worlds};
pub use stepwise::{Locked, Stepwise};

/// What a lost update means where references are counted.
pub const SCENE: Scene = Scene {
    name: "refcount",
    title: "why a lock at all: two threads, one reference count",
    claim: "Python counts how many references there are to an object, and frees it at 0. Even \
            `a = b` counts. If two threads count at once, one of the two is lost: then an object \
            is never freed, or it is freed while it is in use. A lock prevents that. So do other \
            ways to count.",
    play,
    try_this: "in crates/global-lock-demo/src/scenes/refcount.rs make BOTH_READ_FIRST [1, 1, 2, \
               2]: before you run it, say what each thread will read and write.",
    read: "crates/global-lock-demo/src/count/plain.rs, retain(), and \
           crates/global-lock-demo/src/scenes/refcount/life.rs, live()",
};

/// An order that loses a change: both read, then both write.
pub const BOTH_READ_FIRST: Order = [1, 2, 1, 2];

fn play(stage: &mut Stage<'_>) -> Result {
    let worlds = worlds();
    let (_, plain) = &worlds[0];
    never(stage, &**plain);
    too_early(stage, &**plain);
    other_ways(stage, &worlds);
    by_luck::play(stage)
}

fn never(stage: &mut Stage<'_>, plain: &dyn World) {
    stage.say(
        "A variable and two threads refer to an object, and all let go of it; the two threads at \
         once, in an order that a barrier keeps:",
    );
    table(stage, &plain.live(BOTH_READ_FIRST, Change::Release));
    let (lives, before) = (stage.pick(500, 100), plain.used());
    let ends = ends(plain, Change::Release, lives);
    let left = plain.used() - before;
    stage.check(
        "one decrement is lost, every time: nobody refers to the object, and it is never freed",
        format!("{left} of {lives} objects still have their places on the heap"),
        left == lives && ends.iter().all(|end| *end == End::Never),
        "the barrier did not keep the order: please report this",
    );
}

fn too_early(stage: &mut Stage<'_>, plain: &dyn World) {
    stage.say(
        "Now only the variable refers to the object. Two threads read the variable at once, let \
         go again, and one of them makes another object:",
    );
    table(stage, &plain.live(BOTH_READ_FIRST, Change::Retain));
    let lives = stage.pick(500, 100);
    let early = |end: &&End| matches!(end, End::TooEarly(used) if used.is_err());
    let freed = ends(plain, Change::Retain, lives).iter().filter(early).count();
    stage.check(
        "one increment is lost, every time: the object is freed while the variable refers to it",
        format!("{freed} of {lives} freed too early"),
        freed == lives,
        "the barrier did not keep the order: please report this",
    );
    stage.say(
        "This interpreter notices, because its references say not only where an object lies, but \
         also how many were freed there before it. CPython's are bare addresses: it would take \
         the number for the list, and crash, or go on with what is not there.",
    );
}

fn ends(world: &dyn World, change: Change, lives: usize) -> Vec<End> {
    (0..lives).map(|_| world.live(BOTH_READ_FIRST, change).end).collect()
}

fn table(stage: &mut Stage<'_>, life: &Life) {
    let mut events = Table::new(["the count", "references", "who", "does what"]);
    for Event { who, what, count, references } in &life.events {
        let count = count.map_or("–".to_owned(), |count| count.to_string());
        events.row([&count, &references.to_string(), *who, what]);
    }
    stage.table(&events);
}

fn other_ways(stage: &mut Stage<'_>, worlds: &[(&'static str, Box<dyn World>)]) {
    stage.say(
        "The same order with other counts. Who finds a lock taken waits, and takes its steps \
         later; an atomic change is one step, and its place is its thread's first turn:",
    );
    let mut ways = Table::new(["count", "both let go", "both retain", "loses in"]);
    let mut lost = Vec::new();
    for (name, world) in worlds {
        let end = |change| world.live(BOTH_READ_FIRST, change).end.to_string();
        let loses = |&order: &Order| {
            [Change::Retain, Change::Release].iter().any(|&c| world.live(order, c).lost())
        };
        let losing = ORDERS.iter().filter(|order| loses(order)).count();
        let of_all = format!("{losing} of {} orders", ORDERS.len());
        let (released, retained) = (end(Change::Release), end(Change::Retain));
        ways.row([*name, &released, &retained, &of_all]);
        lost.push(losing);
    }
    stage.table(&ways);
    stage.check(
        "under a lock, atomic or biased, a count loses nothing in any order",
        format!("{} losses; plain: {} orders lose", lost[1..].iter().sum::<usize>(), lost[0]),
        lost[0] > 0 && lost[1..].iter().all(|lost| *lost == 0),
        "one of the counts would be broken: please report this",
    );
}

impl Life {
    /// Whether a change of the count was lost.
    #[must_use]
    pub fn lost(&self) -> bool {
        self.end != End::InTime
    }
}
