//! The comparison: `cargo run --release -p benches -- all`.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::{fs, process};

use benches::contestant::Choice;
use benches::facts::Facts;
use benches::interrupt::{self, Interrupt};
use benches::matrix::{Plan, REPEAT};
use benches::part::{PARTS, Part};
use benches::progress::Progress;
use benches::record::{Record, SCHEMA};
use benches::{Result, cell, choose, goals, micro, python, report, sanity, timelines, units};
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

#[derive(Args)]
struct Options {
    /// Run only these approaches and problems in the matrix: primes,pool,…
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    only: Vec<String>,
    /// Leave these approaches and problems out
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    skip: Vec<String>,
    /// Run only these parts of all
    #[arg(long, value_delimiter = ',', value_name = "PART,…")]
    parts: Vec<Part>,
    /// Run each cell so many times [default: 9, or 3 if quick; in Python 3, or 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(REPEAT))]
    repeat: Option<u64>,
    /// Write the report into this directory [default: target/bench-report]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Count the words of the files in this directory
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,
    /// Run the programs in Python also under these interpreters, beside `python3`
    #[arg(long, num_args = 1.., value_name = "PATH")]
    python: Vec<PathBuf>,
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
        What::All(options) => plan(options, &PARTS).map(compare),
        What::Quick(options) => plan(Options { quick: true, ..options }, &PARTS).map(compare),
        What::Matrix(options) => plan(options, &[Part::Matrix]).map(compare),
        What::Units(options) => plan(options, &[Part::Units]).map(compare),
        What::Goals => Ok(show_goals()),
        What::Report(args) => report::again::run(&args).map(|()| Ok(ExitCode::SUCCESS)),
        What::Compare(args) => benches::compare::run(&args).map(|()| Ok(ExitCode::SUCCESS)),
        What::Choose(args) => choose::run(args),
        What::Cell(task) => return cell::run(&task),
        What::Timeline(task) => return timelines::run_child(&task),
        What::Unit(task) => return units::run_child(&task),
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
fn plan(options: Options, whole: &[Part]) -> Result<(Plan, PathBuf, Vec<Part>)> {
    let Options { only, skip, parts, repeat, out, path, python, quick, deadline_ms } = options;
    let (python, notes) = python::rows(&python)?;
    let choice = Choice::of(&only, &skip, python).map_err(|why| match python.is_empty() {
        true => format!("{why}. {}", notes.concat()).into(),
        false => why,
    })?;
    let in_question = choice.has_python() || (python.is_empty() && only.is_empty());
    let notes = if in_question { notes } else { Vec::new() };
    if let Some(path) = path.as_ref().filter(|path| !path.is_dir()) {
        return Err(format!("--path {}: no such directory", path.display()).into());
    }
    let out = out.unwrap_or_else(|| micro::target().join("bench-report"));
    // Before anything runs, so that ten minutes are not lost to a typing error.
    fs::create_dir_all(&out).map_err(|why| format!("--out {}: {why}", out.display()))?;
    let rounds = |default| repeat.unwrap_or(default) as usize;
    // A program in Python takes longer to start, and to serve.
    let (repeat_python, serving) =
        if quick { (rounds(1), rounds(1)) } else { (rounds(3), rounds(3)) };
    // Who says how often gets that, however long it takes.
    let budget = repeat.map_or_else(|| Part::Matrix.takes(quick), |_| Duration::MAX);
    let repeat = rounds(if quick { 3 } else { 9 });
    let deadline = Duration::from_millis(deadline_ms);
    let chosen = whole.iter().filter(|part| parts.is_empty() || parts.contains(part));
    let chosen: Vec<_> = chosen.copied().collect();
    if chosen.is_empty() {
        return Err("--parts leaves nothing to run".into());
    }
    let plan =
        Plan { choice, repeat, repeat_python, serving, budget, quick, path, deadline, notes };
    Ok((plan, out, chosen))
}

/// Runs these parts, and reports what there is, also if it was interrupted.
fn compare((plan, out, parts): (Plan, PathBuf, Vec<Part>)) -> Result<ExitCode> {
    let interrupt = Interrupt::listen()?;
    let takes = parts.iter().map(|part| part.takes(plan.quick));
    let mut progress = Progress::over(&Vec::from_iter(takes));
    let (clock, began) = (Instant::now(), SystemTime::now().duration_since(UNIX_EPOCH)?);
    let mut record = Record {
        schema: SCHEMA,
        command: typed(std::env::args_os().skip(1)),
        began: began.as_secs(),
        took: 0.0,
        quick: plan.quick,
        interrupted: false,
        notes: plan.notes.clone(),
        machine: Facts::gather(),
        matrix: Vec::new(),
        units: Vec::new(),
        curves: Vec::new(),
        timelines: Vec::new(),
        complaints: Vec::new(),
        micro: Vec::new(),
        goals: Vec::new(),
    };
    for part in parts.iter().take_while(|_| !interrupt.has_come()) {
        part.run(&plan, &out, &interrupt, &mut progress, &mut record);
    }
    record.interrupted = interrupt.has_come();
    record.machine.now_after(progress.others());
    drop(progress);
    record.took = clock.elapsed().as_secs_f64();
    report::write(&record, &out)?;
    let mut printer = Printer::stdout();
    report::show(&record, &mut printer);
    printer
        .line(&format!("More in {0}/report.html and .md, all in {0}/report.json", out.display()));
    printer.line(&format!("In {:.0} s.", record.took));
    if record.interrupted {
        return Ok(interrupt::STATUS.into());
    }
    match sanity::impossible(&record).as_slice() {
        [] => Ok(ExitCode::SUCCESS),
        results => {
            Err(format!("this cannot be, so do not trust this run: {}", results.join("; ")).into())
        }
    }
}

/// The options whose values are directories and programs of this machine, which are nobody's business
/// and nowhere else; and what stands for them.
const PRIVATE: [(&str, &str); 3] = [("--out", "DIR"), ("--path", "DIR"), ("--python", "PATH")];

/// What to type for the same once more.
fn typed(arguments: impl Iterator<Item = OsString>) -> String {
    let mut words = vec!["cargo run --release -p benches --".to_owned()];
    let mut private = false;
    for argument in arguments {
        let argument = argument.to_string_lossy().into_owned();
        let name = argument.split('=').next().unwrap_or_default();
        if let Some((name, value)) = PRIVATE.iter().find(|(option, _)| *option == name) {
            words.push(format!("{name} {value}"));
            private = argument == *name;
        } else if argument.starts_with('-') {
            private = false;
            words.push(argument);
        } else if !private {
            words.push(if argument.contains(' ') { format!("'{argument}'") } else { argument });
        }
    }
    words.join(" ")
}

fn show_goals() -> Result<ExitCode> {
    let home = micro::home();
    let estimates = micro::estimates(&home);
    let (mut printer, from) = (Printer::stdout(), home.display());
    if estimates.is_empty() {
        printer.line(&format!("no figures in {from}: run `cargo bench -p benches` first"));
    } else {
        printer.line(&format!("from {from}"));
        goals::grid(&goals::check(&estimates))
            .lines(printer.width())
            .iter()
            .for_each(|line| printer.line(line));
    }
    Ok(ExitCode::SUCCESS)
}

fn become_it(parent: u32, program: &[OsString]) -> Result<ExitCode> {
    benches::process::be_child_of(parent)?;
    let [program, arguments @ ..] = program else { process::exit(2) };
    Err(Command::new(program).args(arguments).exec().into())
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    #[test]
    fn what_was_typed_has_no_private_paths_and_need_not_be_text() {
        let of = |line: &str| typed(line.split('|').map(OsString::from));
        let run = "cargo run --release -p benches --";
        assert_eq!(of("all|--only|global lock"), format!("{run} all --only 'global lock'"));
        assert_eq!(of("all|--out|/home/me|--quick"), format!("{run} all --out DIR --quick"));
        assert_eq!(of("all|--path=/home/me|--quick"), format!("{run} all --path DIR --quick"));
        assert_eq!(of("all|--python|/a|/b|--quick"), format!("{run} all --python PATH --quick"));
        let odd = OsString::from_vec(vec![b'a', 0xff]);
        assert_eq!(typed([odd].into_iter()), format!("{run} a\u{fffd}"));
    }
}
