//! Which tool for my job? Predicts, from the job's numbers and this machine's, what each approach
//! would take; ranks them; says why; and can be checked.
//!
//! | module | what |
//! |---|---|
//! | [`job`] | the numbers of a job |
//! | [`trial`] | a job done for real, by one approach, in its own process |
//! | [`kind`], [`calibrate`], [`costs`], [`calibration`] | what this machine costs: tried, reckoned, and kept |
//! | [`model`], [`simulate`], [`rules`] | what each approach would take, and who won't do |
//! | [`why`], [`explain`] | the reasons, and the questions that lead there |
//! | [`verify`], [`check`] | whether it is true |

pub mod calibrate;
pub mod calibration;
pub mod check;
pub mod costs;
pub mod explain;
pub mod job;
pub mod kind;
pub mod model;
pub mod rules;
pub mod simulate;
pub mod trial;
pub mod verify;
pub mod why;

use std::process::ExitCode;
use std::time::Duration;

use clap::Subcommand;
use serde_json::{Value, json};
use stage::printer::Printer;

use self::calibration::{Calibration, Key};
use self::job::{Job, Numbers};
use self::model::{Prediction, best, predict};
use self::verify::{How, Measured, measure};
use self::why::ms;
use crate::Result;
use crate::facts::Facts;
use crate::grid::Grid;
use crate::interrupt::{self, Interrupt};

/// What `choose` is asked.
#[derive(Debug, Clone, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    numbers: Numbers,
    /// Do the job for real, and print what was measured beside what was predicted
    #[arg(long)]
    verify: bool,
    /// Walk through the questions that lead to a choice; in a terminal it asks what is missing
    #[arg(long)]
    explain: bool,
    /// Print it as JSON
    #[arg(long, global = true)]
    json: bool,
    /// Measure this machine again, although it was measured before
    #[arg(long, global = true)]
    recalibrate: bool,
}

#[derive(Debug, Clone, Subcommand)]
enum What {
    /// How good the predictions are, over random jobs
    Check(check::Options),
    /// One trial, in its own process
    #[command(hide = true)]
    Trial(trial::Task),
}

/// With `--verify`: runs of each approach, and who is predicted to take longer isn't run.
const HOW: How = How { rounds: 3, patience: Duration::from_secs(20) };

/// Answers.
///
/// # Errors
/// What is wrong with the numbers, before anything is measured. What goes wrong later is the
/// inner error.
pub fn run(mut args: Args) -> Result<Result<ExitCode>> {
    if let Some(What::Trial(task)) = &args.what {
        return Ok(Ok(trial::run(task)));
    }
    if args.explain && !args.json {
        explain::ask(&mut args.numbers)?;
    }
    let job = match args.what {
        None => Some(Job::of(&args.numbers)?),
        Some(_) => None,
    };
    Ok(answer(&args, job))
}

fn answer(args: &Args, job: Option<Job>) -> Result<ExitCode> {
    let interrupt = Interrupt::listen()?;
    let mut printer = if args.json { Printer::silent() } else { Printer::stdout() };
    let done =
        calibrated(args.recalibrate, &interrupt, &mut printer).and_then(|calibration| {
            match (&args.what, job) {
                (Some(What::Check(options)), _) => {
                    check::run(options, &calibration, &interrupt, &mut printer)
                }
                (_, Some(job)) => choose(args, &job, &calibration, &interrupt, &mut printer),
                _ => Err("there is no job".into()),
            }
        });
    match done {
        // What there is by a Ctrl-C is told all the same.
        Ok(told) => {
            if args.json {
                println!("{told:#}");
            }
            Ok(if interrupt.has_come() { interrupt::STATUS.into() } else { ExitCode::SUCCESS })
        }
        Err(_) if interrupt.has_come() => Ok(interrupt::STATUS.into()),
        Err(why) => Err(why),
    }
}

/// What is kept of this machine, or measured now and kept.
fn calibrated(again: bool, interrupt: &Interrupt, printer: &mut Printer) -> Result<Calibration> {
    let (place, here) = (calibration::place(), Key::here(&Facts::gather()));
    if let Some(kept) = Calibration::kept(&place, &here).filter(|_| !again) {
        return Ok(kept);
    }
    printer.line("Measuring this machine first: some 15 seconds, and not again until it differs.");
    let taken = calibrate::take(interrupt)?;
    if taken.doubt().is_none()
        && let Err(why) = taken.keep(&place)
    {
        // It is as good for this once.
        eprintln!("{}: {why}; so this machine will be measured again", place.display());
    }
    let [before, after] = &taken.load;
    printer.line(&format!("Done in {:.0} s, at load averages {before} to {after}.", taken.took));
    printer.line("");
    Ok(taken)
}

/// What must be said beside figures that come from this: that they are doubtful, and of whom there
/// are none.
fn remarks(calibration: &Calibration, printer: &mut Printer) {
    if let Some(doubt) = calibration.doubt() {
        printer.paragraph("", &doubt);
    }
    for (name, why) in &calibration.left_out {
        let text = format!(
            "Without {name}, which could not be measured here ({why}). To try again: --recalibrate."
        );
        printer.paragraph("", &text);
    }
}

fn choose(
    args: &Args,
    job: &Job,
    calibration: &Calibration,
    interrupt: &Interrupt,
    printer: &mut Printer,
) -> Result<Value> {
    printer.paragraph("", &job.words());
    printer.line("");
    let predictions = predict(job, calibration);
    if args.explain {
        explain::show(&explain::walk(job, &predictions), printer);
    }
    let measured = match args.verify {
        true => Some(measure(job, calibration.links_per_ms, &predictions, HOW, interrupt)?),
        false => None,
    };
    table(&predictions, measured.as_deref())
        .lines(printer.width())
        .iter()
        .for_each(|line| printer.line(line));
    remarks(calibration, printer);
    printer.line("");
    for (number, one) in predictions.iter().enumerate() {
        let lead = format!("{:>2} {}: ", number + 1, one.contestant.name);
        let not_run = measured.as_ref().and_then(|measured| measured[number].as_ref().err());
        let not_run = not_run.filter(|_| one.excluded.is_none());
        let not_run = not_run.map_or(String::new(), |why| format!(" ({why})"));
        printer.paragraph(&lead, &format!("{}{not_run}", why::sentence(job, one)));
    }
    printer.line("");
    let verdict = why::verdict(job, &predictions);
    printer.paragraph("", &verdict);
    Ok(told(job, &predictions, measured.as_deref(), &verdict, calibration))
}

fn table(predictions: &[Prediction], measured: Option<&[Measured]>) -> Grid {
    let mut columns = vec!["", "time", "99 % by", "memory"];
    if measured.is_some() {
        columns.extend(["measured", "off by", "memory"]);
    }
    let mut grid = Grid::new(columns);
    for (number, one) in predictions.iter().enumerate() {
        let mut row = vec![
            format!("{:>2} {}", number + 1, one.contestant.name),
            ms(one.wall_ms),
            ms(one.p99_ms),
            format!("{:.1} MiB", one.memory_mib),
        ];
        if one.excluded.is_some() {
            row[1..].fill("–".into());
        }
        match measured.map(|measured| &measured[number]) {
            Some(Ok(run)) => {
                let (wall, memory) = (run["wall_ms"], run["peak_memory_mib"]);
                row.push(ms(wall));
                row.push(format!("{:+.0} %", (one.wall_ms / wall - 1.0) * 100.0));
                row.push(format!("{memory:.1} MiB"));
            }
            Some(Err(_)) => row.extend(["–".into(), "–".into(), "–".into()]),
            None => {}
        }
        grid.row(row);
    }
    grid
}

fn told(
    job: &Job,
    predictions: &[Prediction],
    measured: Option<&[Measured]>,
    verdict: &str,
    calibration: &Calibration,
) -> Value {
    let one = |(number, one): (usize, &Prediction)| {
        let measured = measured.map(|measured| match &measured[number] {
            Ok(run) => json!(run),
            Err(why) => json!({ "none": why }),
        });
        json!({
            "approach": one.contestant.name, "wall_ms": one.wall_ms, "p99_ms": one.p99_ms,
            "memory_mib": one.memory_mib, "excluded": one.excluded,
            "why": why::sentence(job, one), "measured": measured,
        })
    };
    json!({
        "schema": 1, "job": job, "verdict": verdict, "calibration": calibration,
        "times_as_fast_as_sequential": best(predictions).map(|(_, faster)| faster),
        "approaches": predictions.iter().enumerate().map(one).collect::<Vec<_>>(),
    })
}
