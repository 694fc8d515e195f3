//! Real interpreters, to stand beside the simulated ones: found, asked what they are, and run.

mod running;

use std::borrow::Cow;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use stage::Stage;

pub use running::Running;

use crate::one_core::on_one_core;

/// How long an interpreter may take to say what it is. It may have to be read from a disk first.
const INTRODUCTION: Duration = Duration::from_secs(20);

/// Asks an interpreter, of 2.7 or of today: what it is, its process, whether it has a lock, and
/// whether it was built to need none.
const WHO: &str = "\
import os, platform, sys
locked = getattr(sys, '_is_gil_enabled', lambda: True)()
free = 't' in getattr(sys, 'abiflags', '')
facts = (platform.python_implementation(), platform.python_version()) + sys.version_info[:2]
print('%s %s %d %d %d %d %d' % (facts + (os.getpid(), locked, free)))
print(sys.executable)
";

/// Makes an old interpreter understand the chapter's programs: `print` is a function, `/` divides,
/// there is a clock, and setting the switch interval does nothing, since there is none.
const PRELUDE: &str = include_str!("python/prelude.py");

/// Its standard input is a pipe from us. When we are gone, also by a signal that nobody can catch,
/// that ends; a thread of the program's waits for it, without the lock.
const GUARD: &str = include_str!("python/guard.py");

/// From this version on, nothing of the prelude is needed: `time.perf_counter` came last.
const COMPLETE: (u8, u8) = (3, 3);

/// How an interpreter keeps its threads from treading on each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gil {
    /// Up to 3.1: the lock that is given up every so many ticks.
    Legacy,
    /// From 3.2 on: the lock that is asked for when an interval has passed.
    Interval,
    /// None: a free-threaded build, from 3.13 on, unless its lock has been turned on.
    Free,
}

/// A CPython on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Python {
    /// What is started. Without a slash in it, it is looked up on the `PATH`.
    pub path: PathBuf,
    /// Its version, as in `(3, 11)`.
    pub version: (u8, u8),
    /// Its lock, as it is now: a free-threaded build can be told to have one.
    pub gil: Gil,
    /// Its name in tables: `CPython 3.11.7`.
    pub label: String,
    on_one_core: bool,
}

/// What an interpreter is given to run.
#[derive(Debug, Clone, Copy)]
pub enum Program<'a> {
    /// A file.
    File(&'a Path),
    /// Its text, of at most 128 KiB; the name of the program (`sys.argv[0]`) is `-c` then. Old
    /// interpreters get what they lack before it.
    Source(&'a str),
}

impl Python {
    /// Asks the interpreter at this path what it is.
    ///
    /// # Errors
    /// One line: what is wrong with it, and what would be right.
    pub fn at(path: impl Into<PathBuf>) -> Result<Python, String> {
        Python::asked(path.into()).map(|(python, _)| python)
    }

    /// The interpreter, and the process that it introduces itself in: next, it says where it is.
    fn asked(path: PathBuf) -> Result<(Python, Running), String> {
        let unknown = Python {
            path,
            version: (0, 0),
            gil: Gil::Legacy,
            label: "it".to_owned(),
            on_one_core: false,
        };
        let right = "name an interpreter, such as /usr/bin/python3";
        let mut running =
            unknown.start(Program::Source(WHO), &[]).map_err(|why| format!("{why}; {right}"))?;
        let answer = running.line(INTRODUCTION).map_err(|why| format!("{why}; {right}"))?;
        let python = unknown.introduced(&answer, running.id())?;
        Ok((python, running))
    }

    /// What the answer to [`WHO`] says, of an interpreter that was started as this process.
    fn introduced(self, answer: &str, process: u32) -> Result<Python, String> {
        let words: Vec<_> = answer.split_whitespace().collect();
        let &[name, release, major, minor, itself, locked, free] = words.as_slice() else {
            let answer: String = answer.chars().take(40).collect();
            return Err(format!("it answers {answer:?}: name a Python interpreter"));
        };
        if name != "CPython" {
            return Err(format!(
                "it is {name}, and the figures here are CPython's: name a CPython"
            ));
        }
        // Who is not our child could outlive us.
        if itself != process.to_string() {
            return Err("it starts the interpreter as another process, which could not be ended: \
                        name the interpreter itself, or let the wrapper exec it"
                .to_owned());
        }
        let number = |word: &str| word.parse().map_err(|_| format!("its version is {word:?}"));
        let version = (number(major)?, number(minor)?);
        let gil = match version {
            _ if locked == "0" => Gil::Free,
            (..3, _) | (3, ..2) => Gil::Legacy,
            _ => Gil::Interval,
        };
        let build = match (gil, free) {
            (Gil::Free, _) => " free-threaded",
            (_, "1") => " free-threaded, with its lock on",
            _ => "",
        };
        Ok(Python { version, gil, label: format!("{name} {release}{build}"), ..self })
    }

    /// The `python3` of the `PATH`, if there is one that works. What is found there may be a script
    /// that looks for the interpreter each time: then it is the interpreter itself that is
    /// returned, which starts sooner.
    #[must_use]
    pub fn found() -> Option<Python> {
        let (python, mut running) = Python::asked("python3".into()).ok()?;
        let itself = running.line(INTRODUCTION).and_then(Python::at);
        // A script may also set up what the interpreter needs to work at all.
        let itself = itself.ok().filter(|itself| itself.label == python.label);
        itself.or(Some(python))
    }

    /// The same interpreter, which stays on one core from now on.
    #[must_use]
    pub fn on_one_core(self) -> Python {
        Python { on_one_core: true, ..self }
    }

    /// The program with what goes before it in this interpreter, once it is known which one it is.
    fn understood<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.version {
            (0, 0) => text.into(),
            version if version >= COMPLETE => [GUARD, text].concat().into(),
            _ => [PRELUDE, GUARD, text].concat().into(),
        }
    }

    /// Runs a program to its end, for as long as patience lasts, and returns what it printed.
    ///
    /// # Errors
    /// One line: the last that the program wrote to standard error, or that patience ran out (the
    /// program has been killed then), or why it could not be started.
    pub fn run(
        &self,
        program: Program<'_>,
        arguments: &[String],
        patience: Duration,
    ) -> Result<String, String> {
        self.start(program, arguments)?.finish(patience)
    }

    /// Starts a program whose lines are read while it runs. It is killed when it is dropped.
    ///
    /// # Errors
    /// One line: why it could not be started.
    pub fn start(&self, program: Program<'_>, arguments: &[String]) -> Result<Running, String> {
        let mut command = Command::new(&self.path);
        // Each line is written at once, and no bytecode is left beside the program.
        command.args(["-u", "-B"]);
        match program {
            Program::File(path) => command.arg(path),
            Program::Source(text) => command.arg("-c").arg(&*self.understood(text)),
        };
        command.args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let spawned =
            if self.on_one_core { on_one_core(|| command.spawn())? } else { command.spawn() };
        let child = spawned.map_err(|why| format!("{} can't be started: {why}", self.label))?;
        Ok(Running::new(child, self.label.clone()))
    }
}

/// The interpreters that stand beside the simulation: those that the reader names (`--python PATH`), then
/// the `python3` that there is; each once.
#[must_use]
pub fn beside(stage: &Stage<'_>) -> Vec<Python> {
    let named = stage.options("python").filter_map(|path| Python::at(path).ok());
    let mut all: Vec<Python> = Vec::new();
    for python in named.chain(Python::found()) {
        if all.iter().all(|known| known.label != python.label) {
            all.push(python);
        }
    }
    all
}

/// Whether `--python PATH` names an interpreter that can be used.
///
/// # Errors
/// One line: what is wrong with it, and what would be right.
pub fn runnable(path: &OsStr) -> Result<(), String> {
    Python::at(path).map(drop)
}
