//! Waiting for one another: condition variable, barrier, semaphore.

use stage::{Result, Scene, Stage};

use lost::Waiter;

mod lost;
mod permits;
mod phases;

/// How a thread waits until another one has done something.
pub const SCENE: Scene = Scene {
    name: "waiting",
    title: "waiting for one another",
    claim: "A thread that looks, and then goes to sleep, can miss the signal that came between. \
            If it looks and falls asleep in one step, it can't. Barriers and semaphores are made \
            of that step.",
    play,
    try_this: "give the semaphore as many permits as there are threads (PERMITS in \
               crates/threading-demo/src/scenes/waiting/permits.rs): nobody waits any more.",
    read: "crates/threading-demo/src/semaphore.rs, acquire()",
};

fn play(stage: &mut Stage<'_>) -> Result {
    lost_wake_up(stage);
    barrier(stage)?;
    semaphore(stage);
    Ok(())
}

fn lost_wake_up(stage: &mut Stage<'_>) {
    let wrong = lost::signal(Waiter::LooksThenSleeps, lost::WORK);
    stage.timeline(
        "A waiter looks under the lock (nothing yet), lets the lock go, and then waits for the \
         signal. The worker's signal falls into that gap. Without a bound to its patience the \
         waiter would sleep for ever:",
        wrong.timeline,
    );
    let right = lost::signal(Waiter::LooksAndSleeps, lost::WORK);
    stage.timeline(
        "Now it looks inside wait_timeout_while(), which lets the lock go only when it sleeps. The \
         worker, on the same cue, needs the lock, and so gets it when the signal will be heard:",
        right.timeline,
    );
    let times = stage.pick(20, 5);
    let lost = count_lost(Waiter::LooksThenSleeps, times);
    stage.check(
        "a signal between looking and sleeping is lost",
        format!("{lost} of {times} lost"),
        lost == times,
        "A condition variable may also wake up without any signal; that has saved the waiter.",
    );
    let times = stage.pick(1_000, 200);
    let lost = count_lost(Waiter::LooksAndSleeps, times);
    stage.check(
        "with the two in one step none is",
        format!("{lost} of {times} lost"),
        lost == 0,
        "the worker did not get to run for all of the waiter's patience: look for a busy machine",
    );
}

fn count_lost(waiter: Waiter, times: usize) -> usize {
    let lost = |_: &usize| lost::signal(waiter, lost::AT_ONCE).lost;
    (0..times).filter(lost).count()
}

fn barrier(stage: &mut Stage<'_>) -> Result {
    let timeline = phases::run(stage.pick(4_000_000, 1_000_000))?;
    let (early, waited) = (phases::began_early(&timeline), phases::share_of_waiting(&timeline));
    stage.timeline(
        "A barrier opens when all have come. Three threads, three phases, each time another one \
         has the most to do, and the others wait for it:",
        timeline,
    );
    stage.check(
        "nobody begins a phase before all have ended the one before",
        format!("{early} began early; {:.0} % of the threads' time was waiting", 100.0 * waited),
        early == 0,
        "a barrier has let somebody through: please report this",
    );
    Ok(())
}

fn semaphore(stage: &mut Stage<'_>) {
    let timeline = permits::share_out();
    let most = timeline.at_once("holding");
    let (threads, permits) = (permits::THREADS, permits::PERMITS);
    stage.timeline(
        format!("A semaphore lets in so many: {threads} threads, {permits} permits."),
        timeline,
    );
    stage.check(
        "never more threads hold a permit than there are",
        format!("{most} of {threads} at once"),
        most <= permits,
        "the semaphore has let in too many: please report this",
    );
}
