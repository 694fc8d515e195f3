//! Programs in Python beside those in Rust: which interpreters there are, and which rows they make.
//!
//! The programs are in `python/`, one for each approach. They solve the same problems, asked of the
//! same service, and each interpreter has its own sequential run to be measured against: seconds of
//! two languages are not compared, how much faster each gets is.

pub(crate) mod cell;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::Result;
use crate::contestant::{AGAIN, Contestant, SEQUENTIAL, Solver};
use crate::interrupt::Interrupt;
use crate::process::{Child, under_us};

/// How long an interpreter may take to say what it is.
const PATIENCE: Duration = Duration::from_secs(30);

/// The oldest that the programs are written for.
const OLDEST: (u32, u32) = (3, 8);

/// An interpreter, as it says itself (`python/probe.py`).
#[derive(Debug, Clone, Deserialize)]
struct Interpreter {
    /// `CPython 3.11.7`.
    language: String,
    /// `python3.11`, or `python3.13t` if it has no global lock.
    short: String,
    version: (u32, u32),
    /// Whether one thread computes at a time.
    gil: bool,
    executable: PathBuf,
    /// Those of gevent and tornado that can be imported.
    libraries: Vec<String>,
}

/// A file of the programs.
fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("python").join(name)
}

/// The rows of `python3`, if there is one on the `PATH`, and of the interpreters that are named; and
/// what should be said of those that are missing. They last as long as the program, like the rows in
/// Rust. Call this on the main thread, once (see [`Child::start`]).
///
/// # Errors
/// One line for an interpreter that was named and can't be used.
pub fn rows(named: &[PathBuf]) -> Result<(&'static [Contestant], Vec<String>)> {
    let (mut all, mut notes) = (Vec::new(), Vec::new());
    match probe(Path::new("python3")) {
        Ok(interpreter) => all.push(("python".to_owned(), interpreter)),
        Err(why) => notes.push(format!(
            "There are no rows of `python`, because of python3 on the PATH: {why}. Python {}.{} or \
             later is needed there, or elsewhere with --python PATH.",
            OLDEST.0, OLDEST.1
        )),
    }
    for path in named {
        let say = |why: &str| format!("--python {}: {why}", path.display());
        let interpreter = probe(path).map_err(|why| say(&why))?;
        if all.iter().any(|(short, _)| *short == interpreter.short) {
            return Err(say(&format!("there is a {} already", interpreter.short)).into());
        }
        all.push((interpreter.short.clone(), interpreter));
    }
    notes.extend(all.iter().filter_map(|(short, interpreter)| missing(short, interpreter)));
    let rows: Vec<_> = all.into_iter().flat_map(|(short, of)| rows_of(&short, of)).collect();
    if !rows.is_empty() {
        notes.push(
            "Python computes less than Rust does here (chain a 50th, primes up to a tenth), and \
             waits for the same: compare its ratios, not its times."
                .into(),
        );
    }
    Ok((rows.leak(), notes))
}

fn missing(short: &str, interpreter: &Interpreter) -> Option<String> {
    let there = |library: &&str| interpreter.libraries.iter().any(|found| found == *library);
    let missing: Vec<_> = ["gevent", "tornado"].into_iter().filter(|name| !there(name)).collect();
    (!missing.is_empty()).then(|| {
        format!(
            "{short} has no {}: `pip install {}`, where it looks for packages, adds rows.",
            missing.join(" and no "),
            missing.join(" ")
        )
    })
}

fn rows_of(short: &str, interpreter: Interpreter) -> Vec<Contestant> {
    let Interpreter { language, gil, executable, libraries, .. } = interpreter;
    let named = |name: &str| -> &'static str { format!("{short} {name}").leak() };
    let (language, baseline, again) = (&*language.leak(), named(SEQUENTIAL), named(AGAIN));
    let executable: &'static Path = executable.leak();
    let row = |name, program: &'static str, one_core| Contestant {
        name,
        chapter: format!("benches/python/solve/{program}.py").leak(),
        language,
        baseline,
        again,
        one_core,
        // To threads, which a global lock keeps to one core.
        offloads: !gil && ["asyncio", "tornado"].contains(&program),
        solver: Solver::Python(executable, program),
    };
    let mut rows = vec![
        row(baseline, "sequential", true),
        row(again, "sequential", true),
        row(named("threads"), "threads", gil),
        row(named("processes"), "processes", false),
        row(named("asyncio"), "asyncio", true),
    ];
    for library in libraries {
        rows.push(row(named(&library), library.leak(), true));
    }
    rows
}

/// Asks an interpreter what it is.
fn probe(path: &Path) -> Result<Interpreter, String> {
    let mut command = under_us(path).map_err(|why| why.to_string())?;
    command.arg("-B").arg(file("probe.py")).stderr(std::process::Stdio::piped());
    let child = Child::start(&mut command, Some(PATIENCE), &Interrupt::never());
    let mut child = child.map_err(|why| why.to_string())?;
    let said = child.line();
    child.end().map_err(|trouble| match trouble.why().strip_prefix("benches: ") {
        // It is this program still: there was nothing that it could become.
        Some(why) => why.to_owned(),
        None => format!("this is no Python ({})", trouble.why()),
    })?;
    let told = serde_json::from_str(&said.unwrap_or_default());
    let told: Interpreter = told.map_err(|_| "this is no Python")?;
    let (major, minor) = OLDEST;
    match told.version >= OLDEST {
        true => Ok(told),
        false => Err(format!("this is {}, and {major}.{minor} is the oldest", told.language)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interpreter(gil: bool) -> Interpreter {
        Interpreter {
            language: "CPython 3.13.0".into(),
            short: "python3.13".into(),
            version: (3, 13),
            gil,
            executable: "/usr/bin/python3".into(),
            libraries: vec!["tornado".into()],
        }
    }

    #[test]
    fn threads_without_a_global_lock_use_all_cores() {
        let one_core = |gil| {
            let rows = rows_of("python", interpreter(gil));
            Vec::from_iter(rows.iter().map(|row| (row.name, row.one_core)))
        };
        let locked = [
            ("python sequential", true),
            ("python again", true),
            ("python threads", true),
            ("python processes", false),
            ("python asyncio", true),
            ("python tornado", true),
        ];
        assert_eq!(one_core(true), locked);
        let mut free = locked;
        free[2].1 = false;
        assert_eq!(one_core(false), free);
    }

    #[test]
    fn what_is_missing_is_said_with_how_to_get_it() {
        let note = missing("python", &interpreter(true)).unwrap();
        assert!(note.starts_with("python has no gevent: `pip install gevent`"), "{note}");
        let libraries = vec!["gevent".into(), "tornado".into()];
        assert_eq!(missing("python", &Interpreter { libraries, ..interpreter(true) }), None);
    }
}
