//! How close the simulation comes to real interpreters: a report.

pub mod goals;
mod load;
pub mod parts;
mod shapes;

use stage::{Result, Scene, Stage, Table};

use crate::host::Host;
use crate::python::{self, Python};
use crate::scenes::beside::answers::{Answers, Figure, Unit, ask, digits};
use goals::{Goal, Limit, ratio};
use load::load;
use parts::{Effort, Part};

/// The goals of the simulation, and whether it meets them.
pub const SCENE: Scene = Scene {
    name: "fidelity",
    title: "how close the simulation comes",
    claim: "The figures of the simulation are those of the real interpreters: how long a slice is, \
            how late a sleeper wakes up, how often a server answers, and what threads gain or \
            lose. Where such an interpreter is here, it is asked in turns with the simulation.",
    play,
    try_this: "cargo run -p global-lock-demo -- fidelity --python PATH --python PATH: with a 2.7 \
               and a free-threaded 3.13, all parts have something real beside them.",
    read: "crates/global-lock-demo/src/scenes/fidelity/parts.rs",
};

fn play(stage: &mut Stage<'_>) -> Result {
    let pythons = python::beside(stage);
    let effort = Effort { scale: stage.pick(1.0, 0.3) };
    let rounds = stage.pick(5, 3);
    stage.say(format!(
        "{rounds} rounds, simulation and interpreter in turns. The load before: {}.",
        load()
    ));
    let interval = parts::interval(effort);
    let answers = part(stage, &interval, &pythons, rounds)?;
    shapes::show(stage, &interval, &answers)?;
    for other in [parts::legacy(effort), parts::isolated(effort), parts::free_threaded(effort)] {
        part(stage, &other, &pythons, rounds)?;
    }
    stage.say(format!("The load after: {}.", load()));
    Ok(())
}

fn part(
    stage: &mut Stage<'_>,
    part: &Part,
    pythons: &[Python],
    rounds: usize,
) -> Result<Vec<Answers>> {
    let python = pythons.iter().find(|python| python.gil == part.gil && part.comparable);
    let real = python.cloned().map(Host::Real);
    let trials: Vec<_> = part.trials.iter().collect();
    let answers = ask(&trials, &part.simulated, real.as_ref(), rounds)?;
    let elsewhere = || format!("figures of {} on another 2-core machine", part.source);
    let beside = real.map_or_else(elsewhere, |real| real.label());
    stage.say(format!("{}, beside {beside}:", part.title));
    table(stage, &part.goals, &answers);
    spreads(stage, &part.goals, &answers);
    verdicts(stage, &part.goals, &answers);
    Ok(answers)
}

/// The figures of a goal: the simulation's, the real one's, and the one by the other.
fn figures(goal: &Goal, answers: &[Answers]) -> (Option<f64>, Option<(f64, f64)>, Option<f64>) {
    let simulated = goal.figure.of(&answers[goal.trial].simulated);
    let real = goal.real(goal.figure.of(&answers[goal.trial].real));
    (simulated, real, ratio(simulated, real))
}

fn table(stage: &mut Stage<'_>, goals: &[Goal], answers: &[Answers]) {
    let mut table = Table::new(["goal", "simulated", "real", "ratio", "wanted", "verdict"]);
    for goal in goals {
        let (simulated, real, ratio) = figures(goal, answers);
        let verdict = match goal.limit.met(simulated, ratio) {
            Some(true) => "met",
            Some(false) => "missed",
            None => "not known",
        };
        table.row([
            goal.name,
            &goal.unit.text(simulated),
            &range(goal.unit, real),
            &ratio.map_or_else(|| "–".to_owned(), digits),
            &goal.limit.text(),
            verdict,
        ]);
    }
    stage.table(&table);
}

fn range(unit: Unit, real: Option<(f64, f64)>) -> String {
    match real {
        Some((from, to)) if from < to => format!("{}–{}", digits(from), unit.text(Some(to))),
        real => unit.text(real.map(|(only, _)| only)),
    }
}

/// The same figures of each round: how far they lie apart says how much the one above is worth.
fn spreads(stage: &mut Stage<'_>, goals: &[Goal], answers: &[Answers]) {
    stage.say("Round by round, from the least to the most:");
    let mut table = Table::new(["", "simulated", "real"]);
    for goal in goals {
        let Answers { simulated, real } = &answers[goal.trial];
        table.row([
            goal.name,
            &round_by_round(goal.figure, simulated),
            &round_by_round(goal.figure, real),
        ]);
    }
    stage.table(&table);
}

fn round_by_round(figure: Figure, rounds: &[Vec<f64>]) -> String {
    let mut each: Vec<_> = rounds.iter().filter_map(|round| figure.of_round(round)).collect();
    each.sort_by(f64::total_cmp);
    match each.len() {
        0 => "–".to_owned(),
        _ => each.into_iter().map(digits).collect::<Vec<_>>().join(" "),
    }
}

/// One for all goals whose names begin alike.
fn verdicts(stage: &mut Stage<'_>, goals: &[Goal], answers: &[Answers]) {
    let theme = |goal: &Goal| goal.name.split(',').next().unwrap_or(goal.name);
    for alike in goals.chunk_by(|a, b| theme(a) == theme(b)) {
        let mut all = true;
        let mut each = Vec::new();
        for goal in alike {
            let (simulated, _, ratio) = figures(goal, answers);
            let Some(met) = goal.limit.met(simulated, ratio) else { continue };
            all &= met;
            let measured = match goal.limit {
                Limit::Within(_) => ratio.map_or_else(String::new, digits),
                Limit::Between(..) => goal.unit.text(simulated),
            };
            each.push(format!("{measured} ({})", goal.limit.text()));
        }
        if !each.is_empty() {
            stage.check(
                format!("{}, as wanted", theme(&alike[0])),
                each.join(", "),
                all,
                "Where the rounds of one figure lie far apart, the machine was busy",
            );
        }
    }
}
