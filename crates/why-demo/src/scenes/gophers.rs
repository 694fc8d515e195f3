//! Pike's gophers: a design for many, run by few.

mod burrow;
mod designs;

use stage::{Result, Scene, Stage, Table, human};

use crate::cores;
use designs::Row;

/// After Rob Pike, "Concurrency is not parallelism", Heroku's Waza conference, 2012, whose gophers
/// cart books to a fire; here they fetch orders.
pub const SCENE: Scene = Scene {
    name: "gophers",
    title: "a concurrent design is right without parallelism",
    claim: "A job divided among gophers who hand on what they have done is right on one core as on \
            many: nothing in it says how many work at the same instant. And where the job waits, it \
            is faster on one core too.",
    play,
    try_this: "in crates/why-demo/src/scenes/gophers/designs.rs, begin DESIGNS with one more, Design \
               { fetchers: 12, readers: 1 }, and make the 4 in its type 5. Guess its time on one core \
               first: each page is a wait of 10 ms, and twelve can be waited for at once.",
    read: "crates/why-demo/src/scenes/gophers/burrow.rs, run()",
};

fn play(stage: &mut Stage<'_>) -> Result {
    let pages = stage.pick(24, 12);
    if cores::allowed().is_empty() {
        stage.say(
            "This system lets no program choose its cores. What is said of one core here ran where \
             the system put it.",
        );
    }
    stage.say(format!(
        "{pages} pages of orders lie in a pile. Fetchers take a page's number off the pile and ask \
         the slow service for it; readers parse what came; an adder adds up. Nobody knows how many \
         others there are: they hand on through channels (Python's queue.Queue).",
    ));
    let shown = designs::shown(pages)?;
    stage.timeline("Four fetchers, a reader and an adder, all of them on one core:", shown);
    let rows = designs::race(pages, stage.pick(2, 1))?;
    table(stage, &rows);
    verdicts(stage, &rows);
    Ok(())
}

fn table(stage: &mut Stage<'_>, rows: &[Row]) {
    let many = rows[0].many.as_ref();
    let all = many.map_or("on more".to_owned(), |(cores, _)| format!("on {cores} cores"));
    let mut table = Table::new(["", "on one core", "times as fast", &all, "in flight"]);
    for row in rows {
        table.row([
            row.name.clone(),
            human(row.one.median()),
            format!("{:.1}", row.one.speed_up_over(&rows[0].one)),
            row.many.as_ref().map_or("–".to_owned(), |(_, times)| human(times.median())),
            row.in_flight.to_string(),
        ]);
    }
    stage.table(&table);
    stage.say("In flight: the most requests that the service held at once, on one core.");
}

fn verdicts(stage: &mut Stage<'_>, rows: &[Row]) {
    let (right, runs) = rows.iter().fold((0, 0), |sum, row| (sum.0 + row.right, sum.1 + row.runs));
    stage.check(
        "every design adds up right, on one core and on more",
        format!("{right} of {runs} runs"),
        right == runs,
        "A page was lost or counted twice: please report this.",
    );
    let held: Vec<_> = rows.iter().map(|row| row.in_flight.to_string()).collect();
    stage.check(
        "each fetcher has its own request in flight, though there is one core",
        format!("the service held {}", held.join(", ")),
        rows.iter().all(|row| row.in_flight == row.fetchers as u64),
        "The core was so busy with other programs that some fetchers began when others were done.",
    );
    let (first, last) = (&rows[0], &rows[rows.len() - 1]);
    let faster = last.one.speed_up_over(&first.one);
    stage.check(
        "on one core, the design with eight fetchers is at least 2.5 times as fast as one gopher",
        format!("{faster:.1} times"),
        faster >= 2.5,
        "Other programs had this core, and the parsing, which can't overlap, took longer.",
    );
    if let Some((cores, times)) = &last.many {
        stage.say(format!(
            "With {cores} cores the last one was {:.2} times as fast as on one. Nothing in it was \
             changed for that, and its answer is the same.",
            times.speed_up_over(&last.one),
        ));
    }
}
