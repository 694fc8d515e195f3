//! What can't be made faster by being done by many.

mod chain;
mod counter;
mod tiny;

use stage::contest::Times;
use stage::{Contest, Result, Scene, Stage, Table, human};

use crate::cores;

/// Three problems, and every way to share them out that is at hand here.
pub const SCENE: Scene = Scene {
    name: "never",
    title: "what can never be faster",
    claim: "Three jobs gain nothing from many: the one whose every step needs the step before, the \
            one whose every step needs the same place in memory, and the one whose steps are \
            shorter than it takes to hand one over. Of the last two there is a way out: to ask for \
            something else. Of the first there is none.",
    play,
    try_this: "in crates/why-demo/src/scenes/never/tiny.rs, let LINKS be 2_000 (the links in \
               all stay the same): a task takes some microseconds, and handing it over next to nothing \
               of that. Where there are two free cores the last verdict falls: it was tiny no more.",
    read: "crates/why-demo/src/scenes/never/chain.rs, and beside it \
           crates/why-demo/src/scenes/never/counter.rs and \
           crates/why-demo/src/scenes/never/tiny.rs",
};

/// A problem, and how long each way took; the first two are the same: one after another.
struct Problem {
    name: &'static str,
    what: String,
    times: Vec<Times>,
    /// The way out, and how long it took: no solution, because it solves another problem.
    way_out: Option<Times>,
}

/// A way that differs from what there was by less than this has not won.
const CLEARLY: f64 = 1.25;

fn play(stage: &mut Stage<'_>) -> Result {
    let rounds = stage.pick(7, 3);
    let problems = [
        chain::race(stage.pick(1_000_000, 400_000), 7)?,
        counter::race(stage.pick(1_000_000, 100_000), rounds)?,
        tiny::race(stage.pick(1_000_000, 100_000), rounds)?,
    ];
    for problem in &problems {
        show(stage, problem);
    }
    stage.say(
        "\"Again\" is the same program twice: what it differs by means nothing. A way out is none of \
         the ways: it solves another problem, one counter a thread instead of one, and tasks handed \
         over by the chunk instead of one by one. That pays as far as cores are free.",
    );
    for problem in &problems {
        verdict(stage, problem);
    }
    Ok(())
}

/// More threads than one, also where there is one core.
fn few_and_many() -> [usize; 2] {
    let few = cores::count().max(2);
    [few, 4 * few]
}

fn show(stage: &mut Stage<'_>, problem: &Problem) {
    stage.say(format!("{}: {}", problem.name, problem.what));
    let mut table = Table::new(["", "time", "spread", "times as fast"]);
    let alone = &problem.times[0];
    for times in problem.times.iter().chain(&problem.way_out) {
        table.row([
            times.name.clone(),
            human(times.median()),
            times.spread(),
            format!("{:.2}", times.speed_up_over(alone)),
        ]);
    }
    stage.table(&table);
}

/// By the fastest of the rounds: what else goes on in the machine only makes a round slower.
fn verdict(stage: &mut Stage<'_>, problem: &Problem) {
    let fastest = |times: &Times| times.fastest().as_secs_f64();
    let alone = problem.times[..2].iter().map(fastest).fold(f64::INFINITY, f64::min);
    let ways = &problem.times[2..];
    let best = ways.iter().min_by_key(|times| times.fastest());
    let Some(best) = best else { return };
    let speed_up = alone / fastest(best);
    stage.check(
        format!("{}: none of {} ways is faster than one after another", problem.name, ways.len()),
        format!("{speed_up:.2} times as fast at best, by the fastest rounds ({})", best.name),
        speed_up <= CLEARLY,
        "Another program had the core in every round of the one thread.",
    );
}

/// Enters the way that all others are compared with, twice.
fn alone<'a>(contest: &mut Contest<'a>, way: impl Fn() -> Result + 'a) {
    let way = std::rc::Rc::new(way);
    let again = std::rc::Rc::clone(&way);
    contest.enter("one after another", move || way());
    contest.enter("one after another, again", move || again());
}
