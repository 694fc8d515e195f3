//! Which tool for my job? Predicts, from the job's numbers and this machine's, what each approach
//! would take; ranks them; says why; and can be checked.
//!
//! | module | what |
//! |---|---|
//! | [`numbers`], [`ask`], [`job`] | the numbers of a job: typed, asked for, and put together |
//! | [`trial`] | a job done for real, by one approach, in its own process |
//! | [`kind`], [`calibrate`], [`middle`], [`costs`] | what this machine costs: tried, again and again, and reckoned |
//! | [`calibration`], [`kept`] | what came out, and its file |
//! | [`model`], [`simulate`], [`rules`], [`ranking`] | what each approach would take, who won't do, and who is best |
//! | [`why`], [`verdict`], [`explain`] | the reasons, what to take, and the questions that lead there |
//! | [`show`] | all of that, as it is printed |
//! | [`verify`], [`outcome`], [`check`] | whether it is true |

pub mod ask;
pub mod calibrate;
pub mod calibration;
pub mod check;
pub mod costs;
pub mod explain;
pub mod job;
pub mod kept;
pub mod kind;
pub mod middle;
pub mod model;
pub mod numbers;
pub mod outcome;
pub mod ranking;
pub mod rules;
pub mod show;
pub mod simulate;
pub mod trial;
pub mod verdict;
pub mod verify;
pub mod why;

use std::process::ExitCode;
use std::time::Duration;

use clap::Subcommand;
use serde_json::Value;
use stage::printer::Printer;

use self::calibration::Calibration;
use self::job::Job;
use self::kept::Key;
use self::numbers::Numbers;
use self::ranking::predict;
use self::show::Answer;
use self::verify::{How, measure};
use crate::Result;
use crate::facts::Facts;
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
        ask::ask(&mut args.numbers)?;
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
                Printer::stdout().line(&format!("{told:#}"));
            }
            Ok(if interrupt.has_come() { interrupt::STATUS.into() } else { ExitCode::SUCCESS })
        }
        Err(_) if interrupt.has_come() => Ok(interrupt::STATUS.into()),
        Err(why) => Err(why),
    }
}

/// What is kept of this machine, or measured now and kept.
fn calibrated(again: bool, interrupt: &Interrupt, printer: &mut Printer) -> Result<Calibration> {
    let (place, here) = (kept::place(), Key::here(&Facts::gather()));
    if let Some(kept) = Calibration::kept(&place, &here).filter(|_| !again) {
        return Ok(kept);
    }
    let first = "Measuring this machine first: some 15 seconds, and not again until it or this program is \
                 another.";
    printer.paragraph("", first);
    let taken = calibrate::take(interrupt)?;
    if taken.disturbed().is_none()
        && let Err(why) = taken.keep(&place)
    {
        // It is as good for this once.
        let place = place.display();
        eprintln!("{place}: {why}; so next time this machine will be measured again");
    }
    let [before, after] = &taken.load;
    let done = format!("Done in {:.0} s; load average {before} before, {after} after.", taken.took);
    printer.paragraph("", &done);
    printer.line("");
    Ok(taken)
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
    let steps = if args.explain { explain::walk(job, &predictions) } else { Vec::new() };
    if args.explain {
        explain::show(&steps, printer);
    }
    let measured = match args.verify {
        true => Some(measure(job, calibration.links_per_ms, &predictions, HOW, interrupt)?),
        false => None,
    };
    let (predictions, measured) = (&predictions[..], measured.as_deref());
    let answer = Answer { job, predictions, measured, calibration, steps: &steps };
    answer.show(printer);
    Ok(answer.told())
}
