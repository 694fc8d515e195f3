//! Beside the real thing: the same programs there and here.

pub mod answers;
pub mod rows;
pub mod trials;

use stage::{Result, Scene, Stage, Table};

use crate::host::{Host, Simulated};
use crate::python::{self, Gil};
use answers::ask;
use rows::{Row, Sizes, rows, skipped};

/// The same programs in the simulation and in a CPython.
pub const SCENE: Scene = Scene {
    name: "beside",
    title: "beside the real thing",
    claim: "What the pocket interpreter shows is what CPython does. The same programs, run by \
            both in turns, show it: their threads run for as long, wait for as long, and lose as \
            little.",
    play,
    try_this: "cargo run -p global-lock-demo -- beside --python /usr/bin/python2.7 --python \
               python3.13t: an interpreter with the old lock, and one without any.",
    read: "crates/global-lock-demo/src/scenes/beside/trials.rs, and a program: \
           crates/global-lock-demo/programs/slices.py",
};

fn play(stage: &mut Stage<'_>) -> Result {
    let pythons = python::beside(stage);
    if pythons.is_empty() {
        stage.say(
            "There is no python3 on the PATH (and --python PATH names another one). So here is the \
             simulation alone:",
        );
    }
    let rounds = stage.pick(2, 1);
    let sizes = stage.pick(Sizes::FULL, Sizes::QUICK);
    if pythons.is_empty() {
        show(stage, Gil::Interval, None, sizes, rounds)?;
    }
    for python in pythons {
        show(stage, python.gil, Some(Host::Real(python)), sizes, rounds)?;
    }
    Ok(())
}

fn show(
    stage: &mut Stage<'_>,
    gil: Gil,
    real: Option<Host>,
    sizes: Sizes,
    rounds: usize,
) -> Result {
    let simulated = Host::Simulated(Simulated::like(gil));
    let (trials, rows) = rows(gil, sizes);
    let trials: Vec<_> = trials.iter().collect();
    let all = ask(&trials, &simulated, real.as_ref(), rounds)?;
    let figures = |row: &Row| {
        let answers = &all[row.trial];
        (row.figure.of(&answers.simulated), row.figure.of(&answers.real))
    };
    let Some(real) = real else {
        let mut table = Table::new(["", &simulated.label()]);
        for row in &rows {
            table.row([row.name, &row.unit.text(figures(row).0)]);
        }
        stage.table(&table);
        return Ok(());
    };
    stage.say(format!("{}, beside the simulation \"{}\":", real.label(), simulated.label()));
    let mut table = Table::new(["", "simulated", "CPython", "difference"]);
    for row in &rows {
        let (here, there) = figures(row);
        let difference = row.unit.difference(here, there);
        table.row([row.name, &row.unit.text(here), &row.unit.text(there), &difference]);
    }
    stage.table(&table);
    if let Some(why) = skipped(gil) {
        stage.say(why);
    }
    for row in &rows {
        let Some(wanted) = row.wanted else { continue };
        let (here, there) = figures(row);
        let (Some(here), Some(there)) = (here, there) else { continue };
        stage.check(
            format!("{}: {}", real.label(), wanted.claim(row.name)),
            format!("{} and {}", row.unit.text(Some(here)), row.unit.text(Some(there))),
            wanted.holds(here, there),
            "Other programs on the cores change these figures; the report, fidelity, has more runs",
        );
    }
    Ok(())
}
