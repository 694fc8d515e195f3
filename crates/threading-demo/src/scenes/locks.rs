//! Locks: what they cost, and who gets them.

mod asker;
mod cost;
mod fairness;
mod lock;
mod pin;
mod price;
mod rounds;
mod together;
mod turns;

use stage::{Result, Scene, Stage};

pub use self::lock::{Lock, UnlockFair};
pub use self::pin::Core;
use self::rounds::Cost;
pub use self::turns::{Turn, Turns, take_turns};
use crate::solve::cores;

/// What locks cost, alone and contended, and what fairness costs.
pub const SCENE: Scene = Scene {
    name: "locks",
    title: "what a lock costs, and who gets it",
    claim: "A lock that nobody else wants costs no more than a few atomic additions. What costs \
            is sharing: a cache line that two cores write goes to and fro between them. And most \
            locks are not fair: whoever unlocks may lock again while another thread waits. (Below, std is Rust's \
            standard library, parking_lot a package with other locks, and sharded means: a part \
            of the counter for each thread, put together at the end.)",
    play,
    try_this: "in crates/threading-demo/src/scenes/locks/turns.rs, let a thread sleep for 1 ms \
               after lock.with(…): with such a gap an unfair lock changes hands too.",
    read: "crates/threading-demo/src/scenes/locks/turns.rs, keep_asking()",
};

fn play(stage: &mut Stage<'_>) -> Result {
    short_sections(stage)?;
    long_reads(stage)?;
    fairness::who_gets_it(stage);
    fairness::what_it_costs(stage)
}

fn short_sections(stage: &mut Stage<'_>) -> Result {
    let threads = cores().clamp(2, 8);
    let costs = cost::costs(threads, 100_000, stage.pick(15, 9))?;
    stage.say(
        "What an operation takes: the time of a round, divided by the operations of one thread. \
         Threads that do not hinder one another take together what one takes alone:",
    );
    stage.table(&Cost::table(&costs, threads));
    let [_, sharded, atomic, mutex, again, ..] = costs[..] else { return Err("no costs".into()) };
    let apart = |a: f64, b: f64| 100.0 * (a.max(b) / a.min(b) - 1.0);
    stage.say(format!(
        "The std Mutex twice: {:.0} % apart alone, {:.0} % together. Less than that is a tie.",
        apart(mutex.alone, again.alone),
        apart(mutex.together, again.together),
    ));
    let ratio = mutex.alone / atomic.alone;
    stage.check(
        "a Mutex that nobody else wants costs at most 5 atomic additions",
        format!("{ratio:.1}"),
        ratio <= 5.0,
        "Look for another program that computes: with every core taken, a run is interrupted",
    );
    let ratio = sharded.together / atomic.together;
    stage.check(
        "a counter for each thread takes at most 0.7 of what a shared one takes",
        format!("{ratio:.2}"),
        ratio <= 0.7,
        "This needs two free cores, each with a cache of its own: threads that run in turns, or on \
         one core's two hardware threads, hinder one another little",
    );
    Ok(())
}

fn long_reads(stage: &mut Stage<'_>) -> Result {
    let costs = cost::long_reads(5_000, 100, stage.pick(15, 9))?;
    stage.say(
        "A RwLock lets readers in together, but each of them writes down that it is there. For a \
         short read (above) that is the whole cost; for a long one:",
    );
    stage.table(&Cost::table(&costs, 2));
    let [mutex, rwlock] = costs;
    let ratio = rwlock.together / mutex.together;
    stage.check(
        "for long reads a RwLock takes at most 0.8 of what a Mutex takes",
        format!("{ratio:.2}"),
        ratio <= 0.8,
        "This needs two free cores: two readers on one read in turns, whatever the lock",
    );
    Ok(())
}
