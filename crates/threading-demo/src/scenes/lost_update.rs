//! The lost update: two threads add to one counter, and one addition is gone.

pub mod compiler;
mod cued;
mod free;
pub mod refused;

use stage::{Result, Scene, Stage, Table};

use self::compiler::{Answer, programs};
pub use cued::{Deed, ORDERS, Order, Run, cued};
pub use free::{Addition, free};

/// How an update is lost, how none is, and what the compiler has to say.
pub const SCENE: Scene = Scene {
    name: "lost-update",
    title: "two threads, one counter",
    claim: "`counter += 1` is three steps: read, add, write. If both threads read before either \
            writes, one addition is lost. An addition that is one step loses none. Where memory \
            is shared without any such care, safe Rust refuses to compile.",
    play,
    try_this: "in crates/threading-demo/src/scenes/lost_update.rs, make BOTH_READ_FIRST \
               [1, 2, 2, 1]: before you run it, say what each thread will read and write.",
    read: "crates/threading-demo/src/scenes/lost_update/cued.rs, cued()",
};

/// The order that loses an update: both read, then both write.
const BOTH_READ_FIRST: Order = [1, 2, 1, 2];

fn play(stage: &mut Stage<'_>) -> Result {
    one_pair(stage);
    all_orders(stage);
    by_luck(stage);
    not_at_all(stage)
}

fn one_pair(stage: &mut Stage<'_>) {
    stage.say("Two increments in an order that a barrier keeps. The counter starts at 0:");
    let mut steps = Table::new(["step", "thread 1", "thread 2", "the counter is"]);
    let mut counter = 0;
    for (i, step) in cued(&BOTH_READ_FIRST, 1).steps.iter().enumerate() {
        let did = match step.deed {
            Deed::Read(value) => format!("reads {value}"),
            Deed::Wrote(value) => {
                counter = value;
                format!("writes {value}")
            }
        };
        let (one, two) = if step.thread == 1 { (did, String::new()) } else { (String::new(), did) };
        steps.row([(i + 1).to_string(), one, two, counter.to_string()]);
    }
    stage.table(&steps);

    let pairs = stage.pick(500, 50);
    let run = cued(&BOTH_READ_FIRST, pairs);
    stage.check(
        "on cue, one of two increments is lost, every time",
        format!("{pairs} pairs of increments, {} lost", run.lost()),
        run.lost() == pairs,
        "The barrier did not keep the order: please report this",
    );
}

fn all_orders(stage: &mut Stage<'_>) {
    stage.say("There are six orders in which two threads can read and write:");
    let mut orders = Table::new(["who takes a step", "the counter is", "lost"]);
    let runs = ORDERS.map(|order| (order, cued(&order, 1)));
    for (order, run) in &runs {
        let who = order.map(|thread| thread.to_string()).join(" ");
        orders.row([who, run.counter.to_string(), run.lost().to_string()]);
    }
    stage.table(&orders);
    let losing = runs.iter().filter(|(_, run)| run.lost() > 0).count();
    stage.check(
        "only the two orders in which one thread is done before the other begins lose nothing",
        format!("{losing} of {} lose an update", runs.len()),
        runs.iter().all(|(order, run)| (order[0] == order[1]) == (run.lost() == 0)),
        "The barrier did not keep the order: please report this",
    );
}

fn by_luck(stage: &mut Stage<'_>) {
    let each = stage.pick(5_000_000, 500_000);
    stage
        .say(format!("Without a barrier the order is luck. Two threads add 1, {each} times each:"));
    let mut table = Table::new(["addition", "lost", "of all increments"]);
    let mut lost_in_one_step = 0;
    for addition in Addition::ALL {
        let lost = free(addition, each);
        let share = format!("{:.1} %", 100.0 * lost as f64 / (2 * each) as f64);
        table.row([addition.name(), &lost.to_string(), &share]);
        lost_in_one_step += if addition.is_one_step() { lost } else { 0 };
    }
    stage.table(&table);
    stage.say("What the first row loses is luck, so it is no verdict: zero would be luck too.");
    stage.check(
        "fetch_add and Mutex lose nothing",
        format!("{lost_in_one_step} lost"),
        lost_in_one_step == 0,
        "An atomic addition or a lock would be broken: please report this",
    );
}

fn not_at_all(stage: &mut Stage<'_>) -> Result {
    stage.say(
        "With the atomic above, each step is sound, so the load and the store compile. Without an \
         atomic or a lock there is no program at all. Your compiler, asked just now:",
    );
    let programs = programs();
    let mut refused = 0;
    for program in &programs {
        stage.listing(program.body());
        match program.compile() {
            Ok(Answer::Refused(why)) => {
                refused += usize::from(why.contains(program.error));
                stage.say(why);
            }
            Ok(Answer::Accepted) => stage.say("accepted"),
            Err(why) => {
                stage.say(format!("There is no rustc to ask here: {why}."));
                return Ok(());
            }
        }
    }
    stage.check(
        "the compiler refuses all three, each with the error that was expected",
        format!("{refused} of {}", programs.len()),
        refused == programs.len(),
        "The rustc in your PATH may be another than the one that compiled this",
    );
    stage.say(
        "Why, in a sentence each: scenes/lost_update/refused.rs. To see the whole message, take \
         `compile_fail` away there and run cargo test --doc -p threading-demo.",
    );
    Ok(())
}
