//! How good the predictions are: random jobs, from a seed, predicted and then done.

use std::time::Duration;

use serde_json::{Value, json};
use stage::printer::Printer;
use workloads::chain::link;

use super::calibration::Calibration;
use super::job::Job;
use super::model::{Prediction, predict};
use super::verify::{How, Measured, measure};
use super::why::ms;
use crate::Result;
use crate::facts::Facts;
use crate::grid::Grid;
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

/// The first choice is right if it is the best or within this of it.
const CLOSE: f64 = 1.1;
/// A prediction is right if it is off by no more than this part of what was measured.
const OFF: f64 = 0.2;
/// In which part of the jobs, and of the runs, that should be so.
const GOALS: [f64; 2] = [0.95, 0.8];

/// Who is predicted to take longer isn't run, and couldn't be the best.
const PATIENCE: Duration = Duration::from_secs(2);

/// Random numbers, the same for the same seed: SplitMix64.
struct Random(u64);

impl Random {
    /// From 0 to below 1.
    fn part(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        (link(self.0) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Between the two, every order of magnitude as likely as every other.
    fn between(&mut self, least: f64, most: f64) -> f64 {
        least * (most / least).powf(self.part())
    }
}

/// The jobs of a seed: a quarter only waits, a quarter only computes, the rest does both; each of
/// some hundred milliseconds, if it is done well.
#[must_use]
pub fn jobs(seed: u64, count: u64) -> Vec<Job> {
    let mut random = Random(seed);
    let job = |number: u64| {
        let (mut cpu_ms, mut wait_ms) = (random.between(0.2, 20.0), random.between(2.0, 100.0));
        match number % 4 {
            0 => cpu_ms = 0.0,
            1 => wait_ms = 0.0,
            _ => {}
        }
        // Rounded, so that what is printed is what was done.
        let (cpu_ms, wait_ms) = ((cpu_ms * 10.0).round() / 10.0, wait_ms.round() as u64);
        let all_ms = random.between(100.0, 600.0);
        // So much computing, or so much waiting of a tenth of the tasks at once.
        let each_ms = f64::max(cpu_ms, wait_ms as f64 / 10.0);
        let tasks = (all_ms / each_ms).round().clamp(1.0, 2_000.0) as u64;
        Job {
            cpu_ms,
            wait_ms,
            tasks,
            memory: None,
            shared: 0.0,
            isolation: false,
            blocking_library: false,
            chain: false,
        }
    };
    (0..count).map(job).collect()
}

/// One job, and how it went.
struct Outcome {
    job: Job,
    first: &'static str,
    best: &'static str,
    /// What was predicted of the first choice and what measured, in milliseconds; nothing if it failed.
    took: Option<(f64, f64)>,
    /// How many times as long the first choice took as the best: for ever, if it failed.
    behind: f64,
    /// Of each run: who, what was predicted and what measured, in milliseconds.
    runs: Vec<(&'static str, f64, f64)>,
}

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
    for job in jobs(options.seed, options.jobs) {
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
            printer.line(&format!("the first choice, {name}, is a miss ({why}): {}", job.words()));
        }
        outcomes.push(outcome(job, &predictions, &measured));
    }
    facts.now_after(&others);
    if outcomes.is_empty() {
        return Err("nothing could be measured".into());
    }
    table(&outcomes).lines(printer.width()).iter().for_each(|line| printer.line(line));
    printer.line("");
    by_approach(&outcomes).lines(printer.width()).iter().for_each(|line| printer.line(line));
    printer.line("");
    super::remarks(calibration, printer);
    Ok(summary(options, &outcomes, &facts, calibration, printer))
}

fn outcome(job: Job, predictions: &[Prediction], measured: &[Measured]) -> Outcome {
    let runs = predictions.iter().zip(measured).filter_map(|(one, measured)| {
        let wall = measured.as_ref().ok()?.get("wall_ms")?;
        Some((one.contestant.name, one.wall_ms, *wall))
    });
    let runs: Vec<_> = runs.collect();
    let first = predictions[0].contestant.name;
    let took = runs.first().filter(|run| run.0 == first).map(|run| (run.1, run.2));
    let best = runs.iter().min_by(|a, b| a.2.total_cmp(&b.2));
    let behind = took.zip(best).map_or(f64::INFINITY, |(took, best)| took.1 / best.2);
    Outcome { job, first, best: best.map_or("none", |best| best.0), took, behind, runs }
}

fn is_off(&(_, predicted, measured): &(&str, f64, f64)) -> bool {
    (predicted - measured).abs() > OFF * measured
}

fn table(outcomes: &[Outcome]) -> Grid {
    let columns = ["job", "first choice", "predicted", "measured", "better by 10 %"];
    let mut grid = Grid::new(columns);
    for Outcome { job, first, best, took, behind, .. } in outcomes {
        grid.row(vec![
            format!("{} × ({} + {})", job.tasks, job.wait_ms, job.cpu_ms),
            (*first).into(),
            took.map_or("–".into(), |took| ms(took.0)),
            took.map_or("–".into(), |took| ms(took.1)),
            if *behind > CLOSE { (*best).into() } else { "·".into() },
        ]);
    }
    grid
}

/// How the predictions of each approach were off: too low, too high.
fn by_approach(outcomes: &[Outcome]) -> Grid {
    let mut grid = Grid::new(["approach", "runs", "off", "too low", "too high", "in the middle"]);
    for contestant in &crate::contestant::CONTESTANTS {
        let all = outcomes.iter().flat_map(|outcome| &outcome.runs);
        let runs: Vec<_> = all.filter(|run| run.0 == contestant.name).collect();
        let off: Vec<_> = runs.iter().filter(|run| is_off(run)).collect();
        let low = off.iter().filter(|(_, predicted, measured)| predicted < measured).count();
        let mut ratios: Vec<_> = runs.iter().map(|run| run.1 / run.2).collect();
        ratios.sort_by(f64::total_cmp);
        let Some(middle) = ratios.get(ratios.len() / 2) else { continue };
        grid.row(vec![
            contestant.name.into(),
            runs.len().to_string(),
            off.len().to_string(),
            low.to_string(),
            (off.len() - low).to_string(),
            format!("{:+.0} %", (middle - 1.0) * 100.0),
        ]);
    }
    grid
}

fn summary(
    options: &Options,
    outcomes: &[Outcome],
    facts: &Facts,
    calibration: &Calibration,
    printer: &mut Printer,
) -> Value {
    let runs: Vec<_> = outcomes.iter().flat_map(|outcome| &outcome.runs).collect();
    let close = outcomes.iter().filter(|outcome| outcome.behind <= CLOSE).count();
    let right = runs.iter().filter(|run| !is_off(run)).count();
    let shares = [close as f64 / outcomes.len() as f64, right as f64 / runs.len().max(1) as f64];
    let said = |share: f64, goal: f64| match share >= goal {
        true => format!("met: at least {:.0} %", goal * 100.0),
        false => format!("MISSED: at least {:.0} %", goal * 100.0),
    };
    printer.line(&format!(
        "first choice the best or within 10 % of it: {close} of {} jobs, {:.1} % ({})",
        outcomes.len(),
        shares[0] * 100.0,
        said(shares[0], GOALS[0])
    ));
    printer.line(&format!(
        "predicted time within 20 % of the measured: {right} of {} runs, {:.1} % ({})",
        runs.len(),
        shares[1] * 100.0,
        said(shares[1], GOALS[1])
    ));
    let Options { seed, rounds, .. } = options;
    printer.line(&format!("seed {seed}, the middle of {rounds} runs each"));
    facts.lines().iter().for_each(|line| printer.line(line));
    let run = |(name, predicted, measured): &(&str, f64, f64)| json!({ "approach": name, "predicted_ms": predicted, "measured_ms": measured });
    let jobs = outcomes.iter().map(|one| {
        let runs: Vec<_> = one.runs.iter().map(run).collect();
        json!({ "job": one.job, "first": one.first, "best": one.best, "behind": Some(one.behind).filter(|behind| behind.is_finite()), "runs": runs })
    });
    json!({
        "seed": seed, "rounds": rounds, "machine": facts,
        "of_jobs": options.jobs, "calibrated_others_share": calibration.others,
        "first_choice_close": shares[0], "time_within_a_fifth": shares[1],
        "jobs": jobs.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_choice_that_fails_is_a_miss() {
        let job = jobs(1, 1)[0];
        let predictions = predict(&job, &super::super::calibration::tests::easy(2));
        let run = |wall_ms: f64| Ok(crate::Sample::from([("wall_ms".to_owned(), wall_ms)]));
        let mut measured: Vec<Measured> = predictions.iter().map(|_| run(20.0)).collect();
        assert!(outcome(job, &predictions, &measured).behind <= CLOSE);
        measured[0] = Err("failed".into());
        let missed = outcome(job, &predictions, &measured);
        assert!(missed.took.is_none() && missed.behind > CLOSE);
        assert_eq!(missed.runs.len(), predictions.len() - 1);
    }

    #[test]
    fn a_seed_gives_its_jobs_and_another_gives_others() {
        assert_eq!(jobs(7, 20), jobs(7, 20));
        assert_ne!(jobs(7, 20), jobs(8, 20));
        let all = jobs(1, 400);
        assert!(all.iter().all(|job| job.computing_ms() < 700.0 && job.tasks >= 1));
        assert!(all.iter().any(|job| job.cpu_ms == 0.0) && all.iter().any(|job| job.wait_ms == 0));
    }
}
