//! Why the world suddenly cares: clocks stand still, and cores multiply.

mod primes;
mod processors;

use stage::{Bars, Result, Scene, Stage, Table, human};

use crate::cores;
use crate::plot::{Axis, Plot};
use processors::{PROCESSORS, Processor};

/// The free lunch is over: Herb Sutter, "The free lunch is over: a fundamental turn toward
/// concurrency in software", Dr. Dobb's Journal 30(3), 2005.
pub const SCENE: Scene = Scene {
    name: "lunch",
    title: "the free lunch is over",
    claim: "For thirty years a program became faster by waiting for the next processor. Since 2005 \
            the clock stands still and the cores multiply, and a program that does one thing after \
            another has one of them, however many there are.",
    play,
    try_this: "taskset -c 0 cargo run -p why-demo -- lunch (Linux): the program finds one core, and \
               nothing is left of the gain. To be bought, the others are there; used, they are not.",
    read: "crates/why-demo/src/scenes/lunch/primes.rs, run()",
};

fn play(stage: &mut Stage<'_>) -> Result {
    history(stage);
    here(stage)
}

/// The clock and the cores by year.
fn history(stage: &mut Stage<'_>) {
    let years = Axis {
        name: "year",
        range: (1972.0, 2026.0),
        logarithmic: false,
        ticks: (1975..=2025).step_by(5).map(f64::from).collect(),
    };
    let figures = Axis {
        name: "",
        range: (1.0, 10_000.0),
        logarithmic: true,
        ticks: vec![1.0, 10.0, 100.0, 1_000.0, 10_000.0],
    };
    let mut plot = Plot::new(years, figures);
    for Processor { year, megahertz, cores, .. } in &PROCESSORS {
        plot.point('○', f64::from(*year), f64::from(*cores));
        plot.point('●', f64::from(*year), *megahertz);
    }
    stage.say(
        "Processors by year: ● the clock in MHz, ○ the cores; each step up is ten times as much.",
    );
    stage.listing(plot);
    let [first, last] = [&PROCESSORS[0], &PROCESSORS[PROCESSORS.len() - 1]];
    let fastest = PROCESSORS.iter().max_by(|a, b| a.megahertz.total_cmp(&b.megahertz));
    let fastest = fastest.unwrap_or(last);
    stage.say(format!(
        "From the {} ({}) to the {} ({}) the clock became {:.0} times as fast. Of the {} ({}) it is \
         {:.1} times that, and it has {} cores. A core has become better at what it does in a tick, \
         and one that works alone may tick faster for a while (the Core i9-14900KS of 2024 up to 6.2 \
         GHz); neither doubles every few years any more. The clock stopped when the voltage could no \
         longer be lowered with the size of a transistor: a faster one now takes more power, and more \
         of it than can be cooled away. \
         (The makers' figures, with all cores at work: up to 2017 of processors for desktops, since \
         then for servers. The table and its sources: scenes/lunch/processors.rs.)",
        first.name,
        first.year,
        fastest.name,
        fastest.year,
        fastest.megahertz / first.megahertz,
        last.name,
        last.year,
        last.megahertz / fastest.megahertz,
        last.cores,
    ));
}

/// What one core of this machine does, and what all do.
fn here(stage: &mut Stage<'_>) -> Result {
    let cores = cores::count();
    let runs = primes::run(stage.pick(3_000_000, 500_000), stage.pick(5, 3))?;
    let mut bars = Bars::new(
        format!(
            "This machine lets the program use {cores} core(s). Numbers tested for primes in a \
             second:"
        ),
        "M/s",
    );
    let mut table = Table::new(["", "time", "spread", "times as fast", "cores kept busy"]);
    let alone = &runs[0].times;
    for run in &runs {
        bars.bar(&run.times.name, run.tested as f64 / run.times.median().as_secs_f64() / 1e6);
        table.row([
            run.times.name.clone(),
            human(run.times.median()),
            run.times.spread(),
            format!("{:.2}", run.times.speed_up_over(alone)),
            format!("{:.2}", run.times.cores()),
        ]);
    }
    stage.bars(&bars);
    stage.table(&table);
    stage.say(
        "The first two rows are the same program twice: a difference of that size means nothing.",
    );
    stage.check(
        "one thread keeps one core busy at most, whatever there is",
        format!("{:.2} cores", alone.cores()),
        alone.cores() <= 1.1,
        "Something else in this process computed meanwhile: please report this.",
    );
    if cores == 1 {
        stage.say("There is no second core here to put to use.");
        return Ok(());
    }
    let all = runs.iter().find(|run| run.threads == cores).map_or(alone, |run| &run.times);
    stage.check(
        "with a thread for each core, the speed-up is at least 0.7 of their number",
        format!("{:.2} times as fast on {cores}", all.speed_up_over(alone)),
        all.speed_up_over(alone) >= 0.7 * cores as f64,
        "This needs all cores free, and cores that are not two hardware threads of one.",
    );
    Ok(())
}
