//! Waiting and computing: how long things take, over eight orders of magnitude.

mod chase;
mod jobs;
mod ladder;
mod things;

use std::time::Duration;

use stage::{Result, Scene, Stage, Table, human};

use ladder::{Source, Step};

/// How long things take here, and what share of a job is waiting.
pub const SCENE: Scene = Scene {
    name: "waiting",
    title: "waiting and computing",
    claim: "A core makes a call in about a nanosecond. What lies outside the core takes longer: \
            memory and the kernel some hundred times, another thread ten thousand, another process or \
            machine a million. So a job that asks another machine mostly waits, and a program that \
            does nothing else meanwhile wastes nearly all of a core.",
    play,
    try_this: "in crates/why-demo/src/scenes/waiting/ladder.rs, make FAR a quarter of NEAR: the \
               \"memory\" of the ladder is a cache now, a hundred times as near, and its verdict falls.",
    read: "crates/why-demo/src/scenes/waiting/chase.rs, follow()",
};

fn play(stage: &mut Stage<'_>) -> Result {
    let steps = ladder::climb(stage.pick(9, 3))?;
    show(stage, &steps);
    verdicts(stage, &steps);
    jobs(stage)
}

fn show(stage: &mut Stage<'_>, steps: &[Step]) {
    stage.say("How long it takes (medians of rounds in turns), each █ doubles:");
    let mut table = Table::new(["", "once", "", "from"]);
    for step in steps {
        let bar = "█".repeat(step.nanos.log2().round().max(1.0) as usize);
        let from = match step.source {
            Source::Here(_) => "here",
            Source::Told(from) => from,
        };
        table.row([step.what, &told(step.nanos), &bar, from]);
    }
    stage.table(&table);
    stage.say(
        "[1] computed: the great circle, at the speed of light in glass; no cable is that straight. \
         [2] Jeff Dean, \"Numbers everyone should know\", in his talk at LADIS 2009. The others were measured just now.",
    );
}

/// To three digits, also below ten nanoseconds.
fn told(nanos: f64) -> String {
    if nanos < 100.0 { format!("{nanos:.1} ns") } else { human(Duration::from_nanos(nanos as u64)) }
}

fn verdicts(stage: &mut Stage<'_>, steps: &[Step]) {
    let nanos =
        |id| steps.iter().find(|step| step.source == Source::Here(id)).map_or(0.0, |s| s.nanos);
    let ratio = |of, to| nanos(of) / nanos(to).max(1e-3);
    let memory = ratio("memory", "near");
    stage.check(
        "a read from memory takes at least 10 times one from the nearest cache",
        format!("{memory:.0} times"),
        memory >= 10.0,
        "A cache of this machine may hold more than was read: then that was no memory.",
    );
    let kernel = ratio("kernel", "call");
    stage.check(
        "a call into the kernel takes at least 10 times one within the program",
        format!("{kernel:.0} times"),
        kernel >= 10.0,
        "This kernel is called more cheaply than most.",
    );
    let trip = ratio("trip", "kernel");
    stage.check(
        "to hear from another thread takes at least 10 times a call into the kernel",
        format!("{trip:.0} times, over a socket"),
        trip >= 10.0,
        "The calls into the kernel are slow here, as they are under some virtual machines.",
    );
}

/// Of three of this book's problems: how much is waiting.
fn jobs(stage: &mut Stage<'_>) -> Result {
    let jobs = jobs::run(stage.pick(20, 8))?;
    stage.say(
        "Three of this book's problems, one thing after another on one thread: for how long it had \
         a core (█) and for how long it had none (░), and how often it gave its core up by itself, to \
         wait for something:",
    );
    let mut table = Table::new(["", "takes", "computes", "waits", "gave up", ""]);
    for job in &jobs {
        let computed = (32.0 * (1.0 - job.waiting_share())).round() as usize;
        table.row([
            job.name.to_owned(),
            human(job.took),
            human(job.computed),
            format!("{:.1} %", 100.0 * job.waiting_share()),
            job.gave_up.to_string(),
            format!("{}{}", "█".repeat(computed), "░".repeat(32 - computed)),
        ]);
    }
    stage.table(&table);
    let [primes, orders, fetch] = &jobs;
    stage.check(
        "a job that asks a service has no use for its core for more than half of the time",
        format!(
            "orders waits {:.0} %, fetch {:.0} %",
            100.0 * orders.waiting_share(),
            100.0 * fetch.waiting_share(),
        ),
        orders.waiting_share() > 0.5 && fetch.waiting_share() > 0.5,
        "Other programs had this core, and the computing took longer.",
    );
    stage.check(
        "it gives its core up at every other request at least, and a job that computes doesn't",
        format!(
            "orders {} times for {} pages, fetch {} for {} replies, primes {}",
            orders.gave_up, orders.asked, fetch.gave_up, fetch.asked, primes.gave_up,
        ),
        2 * orders.gave_up >= orders.asked
            && 2 * fetch.gave_up >= fetch.asked
            && primes.gave_up <= 2,
        "Other programs had this core when the replies came, so that they needed no waiting for.",
    );
    stage.say(
        "(What primes waits, if it does, is for its turn: other programs wanted its core. That is no \
         waiting of its own.)",
    );
    stage.say(format!(
        "Primes needs more cores. Orders needs none: if its waits overlapped, one core could do it \
         {:.0} times as fast. Two troubles, and two cures; which is which, this book is about.",
        orders.took.as_secs_f64() / orders.computed.as_secs_f64(),
    ));
    Ok(())
}
