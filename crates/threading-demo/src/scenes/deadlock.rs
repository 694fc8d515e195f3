//! Deadlock, and its two relatives: livelock and starvation.

use stage::{Result, Scene, Stage};

use philosophers::{Order, SEATS, dine};

mod livelock;
mod philosophers;
mod starvation;

/// How threads come to wait for one another for ever, how that is found, and how it is avoided.
pub const SCENE: Scene = Scene {
    name: "deadlock",
    title: "deadlock, livelock, starvation",
    claim: "Threads that take the same locks in different orders can come to wait for one \
            another for ever. If all take them in one order, they can't.",
    play,
    try_this: "seat five philosophers (SEATS in \
               crates/threading-demo/src/scenes/deadlock/philosophers.rs): the circle gets two \
               links longer. And for locks that can't refuse: cargo run -p threading-demo \
               --example deadlock_detector. It is a program of its own because the detector \
               costs something at every lock operation, and makes the build longer.",
    read: "crates/threading-demo/src/watched/graph.rs, follow()",
};

fn play(stage: &mut Stage<'_>) -> Result {
    let dinners = stage.pick(100, 20);
    circle(stage, dinners);
    order(stage, dinners);
    no_progress(stage);
    Ok(())
}

fn circle(stage: &mut Stage<'_>, dinners: usize) {
    let dinner = dine(Order::LeftFirst, philosophers::BITE);
    stage.timeline(
        "Each philosopher takes the fork to the left; they meet, and then each asks for the one to \
         the right. The locks are watched, and refuse whoever closes the circle:",
        dinner.timeline,
    );
    for deadlock in &dinner.refused {
        stage.say(format!("{deadlock}."));
    }
    let found = count(dinners, || dine(Order::LeftFirst, philosophers::AT_ONCE).refused.len());
    stage.check(
        "every time one is refused, gives up, and the others get through",
        format!("{found} refused and {} fed in {dinners} dinners", SEATS * dinners - found),
        found == dinners,
        "a philosopher got a second fork before all had a first: please report this",
    );
}

fn order(stage: &mut Stage<'_>, dinners: usize) {
    let dinner = dine(Order::LowerFirst, philosophers::BITE);
    stage.timeline(
        "Now each takes the lower number first. The last philosopher too begins with fork \
         1, so that one always waits with empty hands, and is in nobody's way:",
        dinner.timeline,
    );
    let found = count(dinners, || dine(Order::LowerFirst, philosophers::AT_ONCE).refused.len());
    stage.check(
        "with an order among the locks nobody is refused",
        format!("{found} refused and {} fed in {dinners} dinners", SEATS * dinners - found),
        found == 0,
        "an order can't have a circle: please report this",
    );
}

fn count(times: usize, run: impl FnMut() -> usize) -> usize {
    std::iter::repeat_with(run).take(times).sum()
}

fn no_progress(stage: &mut Stage<'_>) {
    let rounds = stage.pick(1_000, 200);
    let alike = livelock::dine(rounds, [1, 1]);
    let unlike = livelock::dine(rounds, [1, 2]);
    let fed = alike.iter().flatten().count();
    let last = unlike.iter().flatten().max().copied();
    stage.check(
        "livelock: two that try, put down and try again in step get nowhere; if one of them \
         stays away a round longer, both eat",
        format!("{fed} fed in {rounds} rounds, and both by round {}", last.unwrap_or(rounds)),
        fed == 0 && unlike.iter().all(Option::is_some),
        "the barrier keeps the two in step: please report this",
    );
    let [left, between, right] = starvation::between_neighbours(rounds);
    stage.check(
        "starvation: two neighbours eat in turns, and for the one between them a fork is always \
         missing",
        format!("{left} and {right} meals, and {between} of {rounds} tries"),
        between == 0 && left + right == rounds,
        "the barrier lets one take a fork before the other puts its own down: please report this",
    );
}
