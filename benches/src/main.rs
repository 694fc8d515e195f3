//! The comparison: `cargo run --release -p benches -- all`.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::{fs, process};

use benches::contestant::Choice;
use benches::facts::Facts;
use benches::interrupt::{self, Interrupt};
use benches::matrix::{Plan, REPEAT};
use benches::record::{Entry, Record, SCHEMA};
use benches::{Result, cell, choose, goals, matrix, micro, report, sanity};
use clap::{Args, Parser, Subcommand};
use stage::printer::Printer;

/// Compares all approaches on all problems, on this machine.
#[derive(Parser)]
struct CommandLine {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// The micro-benchmarks, the matrix and the goals: some ten minutes
    All(Options),
    /// The same with small problems and coarse figures: under a minute
    Quick(Options),
    /// The matrix alone: approach × problem
    Matrix(Options),
    /// The goals, from the micro-benchmarks that were run last
    Goals,
    /// Which tool for my job? Predicts what each approach would take, and says why
    Choose(choose::Args),
    /// One cell, in its own process
    #[command(hide = true)]
    Cell(cell::Task),
    /// Another program, in this process, that dies with its parent
    #[command(hide = true)]
    Become {
        #[arg(long)]
        parent: u32,
        #[arg(last = true, required = true)]
        program: Vec<OsString>,
    },
}

#[derive(Args)]
struct Options {
    /// Run only these approaches and problems in the matrix: primes,pool,…
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    only: Vec<String>,
    /// Leave these approaches and problems out
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    skip: Vec<String>,
    /// Run each cell so many times [default: 9, or 3 if quick]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(REPEAT))]
    repeat: Option<u64>,
    /// Write the report into this directory [default: target/bench-report]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Count the words of the files in this directory
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,
    /// Small problems, coarse figures
    #[arg(long)]
    quick: bool,
    /// Kill a cell after so many milliseconds
    #[arg(long, hide = true, default_value_t = 60_000)]
    deadline_ms: u64,
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
            let why = why.to_string();
            let why = why.lines().next().unwrap_or_default().trim_start_matches("error: ");
            return wrong_use(&format!("{why} (--help tells what there is)"));
        }
    };
    let done = match what {
        What::All(options) => plan(options).map(|(plan, out)| compare(&plan, &out, true)),
        What::Quick(options) => {
            plan(Options { quick: true, ..options }).map(|(plan, out)| compare(&plan, &out, true))
        }
        What::Matrix(options) => plan(options).map(|(plan, out)| compare(&plan, &out, false)),
        What::Goals => Ok(show_goals()),
        What::Choose(args) => choose::run(args),
        What::Cell(task) => return cell::run(&task),
        What::Become { parent, program } => Ok(become_it(parent, &program)),
    };
    match done {
        Ok(Ok(status)) => status,
        Ok(Err(why)) => {
            eprintln!("benches: {why}");
            ExitCode::FAILURE
        }
        Err(why) => wrong_use(&why.to_string()),
    }
}

fn wrong_use(why: &str) -> ExitCode {
    eprintln!("benches: {why}");
    ExitCode::from(2)
}

/// What is to be done, or what is wrong with the command line.
fn plan(options: Options) -> Result<(Plan, PathBuf)> {
    let Options { only, skip, repeat, out, path, quick, deadline_ms } = options;
    let choice = Choice::of(&only, &skip)?;
    if let Some(path) = path.as_ref().filter(|path| !path.is_dir()) {
        return Err(format!("--path {}: no such directory", path.display()).into());
    }
    let out = out.unwrap_or_else(|| micro::target().join("bench-report"));
    // Before anything runs, so that ten minutes are not lost to a typing error.
    fs::create_dir_all(&out).map_err(|why| format!("--out {}: {why}", out.display()))?;
    let repeat = repeat.unwrap_or(if quick { 3 } else { 9 }) as usize;
    let deadline = Duration::from_millis(deadline_ms);
    Ok((Plan { choice, repeat, quick, path, deadline }, out))
}

/// Runs it all, and reports what there is, also if it was interrupted.
fn compare(plan: &Plan, out: &Path, with_micro: bool) -> Result<ExitCode> {
    let interrupt = Interrupt::listen()?;
    let (clock, began) = (Instant::now(), SystemTime::now().duration_since(UNIX_EPOCH)?);
    let mut record = Record {
        schema: SCHEMA,
        command: typed(),
        began: began.as_secs(),
        took: 0.0,
        quick: plan.quick,
        interrupted: false,
        machine: Facts::gather(),
        matrix: Vec::new(),
        units: Vec::new(),
        curves: Vec::new(),
        timelines: Vec::new(),
        micro: Vec::new(),
        goals: Vec::new(),
    };
    if with_micro {
        let log = out.join("criterion.txt");
        match micro::run(&log, plan.quick, &interrupt) {
            Err(why) if !interrupt.has_come() => eprintln!("benches: micro-benchmarks: {why}"),
            _ => {}
        }
        record.micro = micro::estimates(&micro::ours());
        record.goals = goals::check(&record.micro);
    }
    let mut cells = matrix::run(plan, &interrupt);
    sanity::check(&mut cells);
    record.matrix = cells.iter().map(Entry::of).collect();
    record.interrupted = interrupt.has_come();
    record.machine.now_after();
    record.took = clock.elapsed().as_secs_f64();
    report::write(&record, out)?;
    let mut printer = Printer::stdout();
    report::show(&record, &mut printer);
    printer.line(&format!("More in {0}/report.md, all in {0}/report.json", out.display()));
    Ok(if record.interrupted { interrupt::STATUS.into() } else { ExitCode::SUCCESS })
}

/// What to type for the same once more.
fn typed() -> String {
    let arguments = std::env::args().skip(1);
    let quoted = arguments.map(|one| match one.contains(' ') {
        true => format!("'{one}'"),
        false => one,
    });
    let words = ["cargo run --release -p benches --".to_owned()].into_iter().chain(quoted);
    Vec::from_iter(words).join(" ")
}

fn show_goals() -> Result<ExitCode> {
    let home = micro::home();
    let estimates = micro::estimates(&home);
    let (mut printer, from) = (Printer::stdout(), home.display());
    if estimates.is_empty() {
        printer.line(&format!("no figures in {from}: run `cargo bench -p benches` first"));
    } else {
        printer.line(&format!("from {from}"));
        goals::grid(&goals::check(&estimates)).lines().for_each(|line| printer.line(&line));
    }
    Ok(ExitCode::SUCCESS)
}

fn become_it(parent: u32, program: &[OsString]) -> Result<ExitCode> {
    benches::process::be_child_of(parent)?;
    let [program, arguments @ ..] = program else { process::exit(2) };
    Err(Command::new(program).args(arguments).exec().into())
}
