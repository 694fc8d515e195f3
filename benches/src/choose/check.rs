//! How good the predictions are: random jobs, from a seed, predicted and then done.

mod jobs;
mod tables;

use std::time::Duration;

use serde_json::{Value, json};
use stage::printer::Printer;

use super::calibration::Calibration;
use super::outcome::Outcome;
use super::ranking::{AS_GOOD, predict};
use super::show;
use super::verify::{How, measure};
use crate::Result;
use crate::facts::Facts;
use crate::interrupt::Interrupt;
use crate::others::Others;

/// What is checked.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// How many random jobs
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    pub jobs: u64,
    /// Other jobs: the same seed gives the same
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// How often each approach does each job; the run in the middle counts
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=100))]
    pub rounds: u64,
}

/// A prediction is right if it is off by no more than this part of what was measured.
const OFF: f64 = 0.2;
/// In which part of the jobs, and of the runs, that should be so.
const GOALS: [f64; 2] = [0.95, 0.8];

/// Who is predicted to take longer isn't run, and would hardly be the best: done well, these jobs take
/// some hundred milliseconds.
const PATIENCE: Duration = Duration::from_secs(2);

/// Predicts and does the jobs of the seed, and says how often what was said came true.
///
/// # Errors
/// If nothing can be measured, or at Ctrl-C.
pub fn run(
    options: &Options,
    calibration: &Calibration,
    interrupt: &Interrupt,
    printer: &mut Printer,
) -> Result<Value> {
    let (mut facts, mut others) = (Facts::gather(), Others::watch());
    let how = How { rounds: options.rounds as usize, patience: PATIENCE };
    let mut outcomes = Vec::new();
    for job in jobs::jobs(options.seed, options.jobs) {
        let predictions = predict(&job, calibration);
        let measured = measure(&job, calibration.links_per_ms, &predictions, how, interrupt);
        // None of our processes runs now.
        others.look();
        if interrupt.has_come() {
            // What there is by now is told all the same.
            break;
        }
        let measured = measured?;
        if let Err(why) = &measured[0] {
            let name = predictions[0].contestant.name;
            let text = format!("The first choice, {name}, is a miss ({why}): {}.", job.words());
            printer.paragraph("", &text);
        }
        outcomes.push(Outcome::of(job, &predictions, &measured));
    }
    facts.now_after(&others);
    if outcomes.is_empty() {
        return Err("nothing could be measured".into());
    }
    tables::by_job(&outcomes).show(printer);
    printer.line("");
    tables::by_approach(&outcomes).show(printer);
    printer.line("");
    show::remarks(calibration, printer);
    let told = summary(options, &outcomes, &facts, calibration, printer);
    show::doubt_again(calibration, printer);
    Ok(told)
}

fn is_off(&(_, predicted, measured): &(&str, f64, f64)) -> bool {
    (predicted - measured).abs() > OFF * measured
}

fn summary(
    options: &Options,
    outcomes: &[Outcome],
    facts: &Facts,
    calibration: &Calibration,
    printer: &mut Printer,
) -> Value {
    let runs: Vec<_> = outcomes.iter().flat_map(|outcome| &outcome.runs).collect();
    let close = outcomes.iter().filter(|outcome| outcome.behind <= AS_GOOD).count();
    let right = runs.iter().filter(|run| !is_off(run)).count();
    let shares = [close as f64 / outcomes.len() as f64, right as f64 / runs.len().max(1) as f64];
    let said = |share: f64, goal: f64| match share >= goal {
        true => format!("{:.1} % (met: at least {:.0} %)", share * 100.0, goal * 100.0),
        false => format!("{:.1} % (MISSED: at least {:.0} %)", share * 100.0, goal * 100.0),
    };
    let Options { seed, rounds, .. } = options;
    let lines = [
        format!(
            "first choice the best or within 10 % of it: {close} of {} jobs, {}",
            outcomes.len(),
            said(shares[0], GOALS[0])
        ),
        format!(
            "predicted time within 20 % of the measured: {right} of {} runs, {}",
            runs.len(),
            said(shares[1], GOALS[1])
        ),
        format!("seed {seed}, the middle of {rounds} runs each"),
    ];
    lines.iter().chain(&facts.lines()).for_each(|line| printer.paragraph("", line));
    json!({
        "seed": seed, "rounds": rounds, "machine": facts,
        "of_jobs": options.jobs, "calibrated_others_share": calibration.others,
        "first_choice_close": shares[0], "time_within_a_fifth": shares[1],
        "jobs": Vec::from_iter(outcomes.iter().map(told)),
    })
}

fn told(outcome: &Outcome) -> Value {
    let runs = outcome.runs.iter().map(|(name, predicted, measured)| {
        json!({ "approach": name, "predicted_ms": predicted, "measured_ms": measured })
    });
    json!({
        "job": outcome.job, "first": outcome.first, "best": outcome.best,
        "behind": Some(outcome.behind).filter(|behind| behind.is_finite()),
        "runs": Vec::from_iter(runs),
    })
}
