//! A program of the reader's own, in the pocket interpreter.

use std::ffi::OsStr;
use std::path::Path;
use std::time::{Duration, Instant};

use stage::{Recorder, Result, Scene, Stage, Table, human};

use crate::host::{Simulated, listed};
use crate::vm::{Limits, Program, listing};

/// So often it is looked whether the program has ended.
const LOOK: Duration = Duration::from_millis(20);

/// The reader's program under one strategy after another.
pub const SCENE: Scene = Scene {
    name: "run",
    title: "a program of your own",
    claim: "The same listing runs under every strategy. Its threads get as far as the strategy \
            lets them; what they print depends on that only if the program has a race.",
    play,
    try_this: "python3.11 -m dis FILE.py > FILE.dis, then cargo run -p global-lock-demo -- run \
               --listing FILE.dis --under legacy --argument 2",
    read: "crates/global-lock-demo/src/vm/setup.rs, Setup",
};

/// What is run where the reader names nothing.
const EXAMPLE: (&str, [&str; 2]) = ("countdown", ["2", "500000"]);

/// How many of the lines that it prints are shown.
const SHOWN: usize = 5;

/// A program of a reader's may well never end.
const LIMITS: Limits = Limits { patience: Duration::from_secs(5), checks: u64::MAX };

fn play(stage: &mut Stage<'_>) -> Result {
    let given = |name| stage.options(name).map(|text| text.to_string_lossy().into_owned());
    let (program, arguments) = match stage.option("listing") {
        Some(path) => (listing::load(Path::new(path))?, given("argument").collect()),
        None if given("argument").count() > 0 => {
            return Err("--argument is for a program of yours: name it with --listing FILE".into());
        }
        None => (listed(EXAMPLE.0)?, EXAMPLE.1.map(String::from).to_vec()),
    };
    let named: Vec<_> = given("under").filter_map(|name| named(&name)).collect();
    let strategies = if named.is_empty() { Simulated::ALL.to_vec() } else { named };

    let words = std::iter::once(&program.file).chain(&arguments);
    let command = words.map(String::as_str).collect::<Vec<_>>().join(" ");
    let limit = human(LIMITS.patience);
    stage.say(format!("{command}, for {limit} at most under each strategy:"));
    let mut table = Table::new(["strategy", "took", "printed", "objects left", "ended"]);
    let mut ended = 0;
    for &strategy in &strategies {
        let (recorder, start) = (Recorder::new(), Instant::now());
        let outcome = under(strategy, &program, &arguments, &recorder);
        let took = human(start.elapsed());
        ended += usize::from(outcome.is_ok());
        let [printed, left, how] = outcome.unwrap_or_else(|row| row);
        table.row([strategy.name().to_owned(), took, printed, left, how]);
        if let [only] = strategies[..]
            && !recorder.timeline().lanes.is_empty()
        {
            stage.timeline(format!("{}:", only.name()), recorder.timeline());
        }
    }
    stage.table(&table);
    stage.check(
        "the program came to its end",
        format!("under {ended} of {} strategies", strategies.len()),
        ended == strategies.len(),
        "The table says how it ended: it may be the program's own fault, or that of having no lock.",
    );
    Ok(())
}

/// What it printed, how many objects were left, and how its threads ended: an error, unless all
/// ended well.
fn under(
    strategy: Simulated,
    program: &Program,
    arguments: &[String],
    recorder: &Recorder,
) -> std::result::Result<[String; 3], [String; 3]> {
    let running = strategy.start_program(program, arguments, LIMITS, Some(recorder));
    // Read while it runs: what it prints before it fails counts too.
    let (mut lines, mut many) = (Vec::new(), 0_usize);
    loop {
        let over = running.is_over();
        match running.line(LOOK) {
            Some(line) => {
                many += 1;
                // The others are read too, but nobody could read them all.
                if many <= SHOWN {
                    lines.push(line);
                }
            }
            None if over => break,
            None => {}
        }
    }
    let mut printed = lines.join("; ");
    if many > SHOWN {
        printed.push_str(&format!("; … ({many} lines)"));
    }
    let outcome = match running.end() {
        Ok(outcome) => outcome,
        Err(why) => return Err([printed, String::new(), why]),
    };
    let left = outcome.left.to_string();
    match outcome.failures.first() {
        Some(failure) => Err([printed, left, failure.to_string()]),
        None => Ok([printed, left, "well".into()]),
    }
}

fn named(name: &str) -> Option<Simulated> {
    Simulated::ALL.into_iter().find(|strategy| strategy.name() == name)
}

/// Whether `--listing FILE` is a listing.
///
/// # Errors
/// One line: what is wrong where, and what would be right.
pub fn readable(path: &OsStr) -> std::result::Result<(), String> {
    listing::load(Path::new(path)).map(drop).map_err(|why| why.to_string())
}

/// Whether `--under STRATEGY` is one.
///
/// # Errors
/// One line: which there are.
pub fn known(name: &OsStr) -> std::result::Result<(), String> {
    let names = Simulated::ALL.map(Simulated::name).join(", ");
    let found = name.to_str().and_then(named);
    found.map(drop).ok_or_else(|| format!("there is no such strategy; they are {names}"))
}
