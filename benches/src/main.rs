//! The comparison: `cargo run --release -p benches -- all`.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::{self, Command, ExitCode};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use benches::facts::Facts;
use benches::interrupt::{self, Interrupt};
use benches::options::{Options, Run};
use benches::part::{PARTS, Part};
use benches::progress::Progress;
use benches::record::Record;
use benches::{Result, cell, choose, goals, micro, report, sanity, timelines, typed, units};
use clap::{Parser, Subcommand};
use stage::printer::{AudienceLeft, Printer, while_heard};

/// Compares all approaches on all problems, on this machine.
#[derive(Parser)]
struct CommandLine {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// The micro-benchmarks, the matrix and the goals: about twelve minutes
    All(Options),
    /// The same with small problems and coarse figures: about a minute
    Quick(Options),
    /// The matrix alone: approach × problem
    Matrix(Options),
    /// The cost of one more thread, process or task
    Units(Options),
    /// The goals, from the micro-benchmarks that were run last
    Goals,
    /// The pages once more, from a report.json
    Report(report::again::Args),
    /// What changed from one report.json to another, beyond the noise
    Compare(benches::compare::Args),
    /// Which tool for my job? Predicts what each approach would take, and says why
    Choose(choose::Args),
    /// One cell, in its own process
    #[command(hide = true)]
    Cell(cell::Task),
    /// One measurement of a unit, in its own process
    #[command(hide = true)]
    Unit(units::Task),
    /// A picture out of a scene, in its own process
    #[command(hide = true)]
    Timeline(timelines::Task),
    /// Another program, in this process, that dies with its parent
    #[command(hide = true)]
    Become {
        #[arg(long)]
        parent: u32,
        #[arg(last = true, required = true)]
        program: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    // The processes of an approach are this program once more; those turn off here.
    multiprocess_demo::enter();
    let what = match CommandLine::try_parse() {
        Ok(CommandLine { what }) => what,
        Err(asked) if !asked.use_stderr() => {
            let _ = asked.print();
            return ExitCode::SUCCESS;
        }
        Err(why) => {
            return wrong_use(&format!("{} (--help tells what there is)", in_a_line(&why)));
        }
    };
    match while_heard(|| run(what)) {
        Ok(Ok(Ok(status))) => status,
        Ok(Ok(Err(why))) => {
            eprintln!("benches: {why}");
            ExitCode::FAILURE
        }
        Ok(Err(why)) => wrong_use(&why.to_string()),
        Err(AudienceLeft::Content) => ExitCode::SUCCESS,
        Err(AudienceLeft::Cut) => ExitCode::FAILURE,
    }
}

/// Runs it. What was wrong with the arguments is the outer error; what went wrong later, the inner.
fn run(what: What) -> Result<Result<ExitCode>> {
    match what {
        What::All(options) => options.run_of(&PARTS).map(compare),
        What::Quick(options) => options.quick().run_of(&PARTS).map(compare),
        What::Matrix(options) => options.run_of(&[Part::Matrix]).map(compare),
        What::Units(options) => options.run_of(&[Part::Units]).map(compare),
        What::Goals => Ok(show_goals()),
        What::Report(args) => report::again::run(&args).map(|()| Ok(ExitCode::SUCCESS)),
        What::Compare(args) => benches::compare::run(&args).map(|()| Ok(ExitCode::SUCCESS)),
        What::Choose(args) => choose::run(args),
        What::Cell(task) => Ok(Ok(cell::run(&task))),
        What::Timeline(task) => Ok(Ok(timelines::run_child(&task))),
        What::Unit(task) => Ok(Ok(units::run_child(&task))),
        What::Become { parent, program } => Ok(become_it(parent, &program)),
    }
}

/// What clap has against the arguments: it may name several, each in a line, before it goes on about
/// what else there is.
fn in_a_line(why: &clap::Error) -> String {
    let why = why.to_string();
    let why = Vec::from_iter(why.lines().take_while(|line| !line.is_empty()).map(str::trim));
    why.join(" ").trim_start_matches("error: ").to_owned()
}

fn wrong_use(why: &str) -> ExitCode {
    eprintln!("benches: {why}");
    ExitCode::from(2)
}

/// Runs these parts, and reports what there is, also if it was interrupted.
fn compare(Run { plan, out, parts }: Run) -> Result<ExitCode> {
    let interrupt = Interrupt::listen()?;
    let takes = parts.iter().map(|part| part.takes(plan.quick));
    let mut progress = Progress::over(&Vec::from_iter(takes));
    let (clock, began) = (Instant::now(), SystemTime::now().duration_since(UNIX_EPOCH)?);
    let mut record = Record {
        command: typed::command(std::env::args_os().skip(1)),
        began: began.as_secs(),
        quick: plan.quick,
        notes: plan.notes.clone(),
        ..Record::of(Facts::gather())
    };
    for part in parts.iter().take_while(|_| !interrupt.has_come()) {
        part.run(&plan, &out, &interrupt, &mut progress, &mut record);
    }
    record.interrupted = interrupt.has_come();
    record.machine.now_after(progress.others());
    drop(progress);
    record.took = clock.elapsed().as_secs_f64();
    // What was measured is not lost, neither if it can't be written nor if nobody reads what is
    // printed.
    let heard = while_heard(|| report::show(&record, &mut Printer::stdout()));
    report::write(&record, &out)?;
    let told = format!("More in {0}/report.html and .md, all in {0}/report.json", out.display());
    let heard = heard.and_then(|()| {
        while_heard(|| {
            let mut printer = Printer::stdout();
            printer.line(&told);
            printer.line(&format!("In {:.0} s.", record.took));
        })
    });
    if record.interrupted {
        return Ok(interrupt::STATUS.into());
    }
    if heard == Err(AudienceLeft::Cut) {
        return Ok(ExitCode::FAILURE);
    }
    match sanity::impossible(&record).as_slice() {
        [] => Ok(ExitCode::SUCCESS),
        results => {
            Err(format!("this cannot be, so do not trust this run: {}", results.join("; ")).into())
        }
    }
}

fn show_goals() -> Result<ExitCode> {
    let home = micro::home();
    let estimates = micro::estimates(&home);
    let (mut printer, from) = (Printer::stdout(), home.display());
    if estimates.is_empty() {
        printer.line(&format!("no figures in {from}: run `cargo bench -p benches` first"));
    } else {
        printer.line(&format!("from {from}"));
        goals::grid(&goals::check(&estimates)).show(&mut printer);
    }
    Ok(ExitCode::SUCCESS)
}

fn become_it(parent: u32, program: &[OsString]) -> Result<ExitCode> {
    benches::process::be_child_of(parent)?;
    let [program, arguments @ ..] = program else { process::exit(2) };
    Err(Command::new(program).args(arguments).exec().into())
}
