//! Who runs a program: a simulated interpreter, or a real one. Both read the same arguments and
//! print the same lines.

use std::time::Duration;

use stage::Recorder;

use crate::lock::{Fair, Interval, Legacy};
use crate::one_core::on_one_core;
use crate::python::{self, Gil, Python};
use crate::strategy::Strategy;
use crate::strategy::fine_grained::FineGrained;
use crate::strategy::free_threaded::FreeThreaded;
use crate::strategy::none::Unprotected;
use crate::strategy::per_interpreter;
use crate::strategy::under_lock::UnderLock;
use crate::vm::programs::{Bundled, PROGRAMS};
use crate::vm::{Limits, Outcome, Program, Running, Setup, listing};

/// One that runs programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// The pocket interpreter, under this strategy.
    Simulated(Simulated),
    /// The pocket interpreter, on one core only.
    OnOneCore(Simulated),
    /// A CPython.
    Real(Python),
}

/// The strategies, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Simulated {
    /// No lock, and counts that are wrong.
    Unprotected,
    /// The lock of up to 3.1.
    Legacy,
    /// The lock since 3.2.
    Interval,
    /// That lock without forced switching.
    Unforced,
    /// A lock that is fair.
    Fair,
    /// A lock an object, atomic counts.
    FineGrained,
    /// A lock an object to write, biased counts.
    FreeThreaded,
}

/// How long a program may take.
const PATIENCE: Duration = Duration::from_secs(120);

impl Simulated {
    /// All of them, in reading order.
    pub const ALL: [Simulated; 7] = [
        Simulated::Unprotected,
        Simulated::Legacy,
        Simulated::Interval,
        Simulated::Unforced,
        Simulated::Fair,
        Simulated::FineGrained,
        Simulated::FreeThreaded,
    ];

    /// The strategy that does as such an interpreter does.
    #[must_use]
    pub const fn like(gil: Gil) -> Simulated {
        match gil {
            Gil::Legacy => Simulated::Legacy,
            Gil::Interval => Simulated::Interval,
            Gil::Free => Simulated::FreeThreaded,
        }
    }

    /// Its name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Simulated::Unprotected => Unprotected::NAME,
            Simulated::Legacy => <UnderLock<Legacy>>::NAME,
            Simulated::Interval => <UnderLock<Interval>>::NAME,
            Simulated::Unforced => "unforced",
            Simulated::Fair => <UnderLock<Fair>>::NAME,
            Simulated::FineGrained => FineGrained::NAME,
            Simulated::FreeThreaded => FreeThreaded::NAME,
        }
    }

    /// Starts a program that comes with the chapter; its timeline goes to the recorder.
    ///
    /// # Errors
    /// One line: there is no such program.
    pub fn start(
        self,
        name: &str,
        arguments: &[String],
        recorder: Option<&Recorder>,
    ) -> Result<Box<dyn Runs>, String> {
        let limits = Limits { patience: PATIENCE, ..Limits::default() };
        Ok(self.start_program(&listed(name)?, arguments, limits, recorder))
    }

    /// Starts a program, within limits; its timeline goes to the recorder.
    #[must_use]
    pub fn start_program(
        self,
        program: &Program,
        arguments: &[String],
        limits: Limits,
        recorder: Option<&Recorder>,
    ) -> Box<dyn Runs> {
        let job = Job { program, arguments, limits, recorder };
        match self {
            Simulated::Unprotected => job.start(Unprotected),
            Simulated::Legacy => job.start(UnderLock(Legacy::default())),
            Simulated::Interval => job.start(UnderLock(Interval::default())),
            Simulated::Unforced => job.start(UnderLock(Interval::new(false))),
            Simulated::Fair => job.start(UnderLock(Fair::default())),
            Simulated::FineGrained => job.start(FineGrained),
            Simulated::FreeThreaded => job.start(FreeThreaded::default()),
        }
    }

    /// Runs a program that comes with the chapter to its end.
    ///
    /// # Errors
    /// One line: what it, or one of its threads, ended with before its time.
    pub fn run(self, name: &str, arguments: &[String]) -> Result<String, String> {
        sound(self.start(name, arguments, None)?.end()?)
    }
}

impl Host {
    /// Its name in tables.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Host::Simulated(strategy) => strategy.name().to_owned(),
            Host::OnOneCore(strategy) => format!("{}, one core", strategy.name()),
            Host::Real(python) => python.label.clone(),
        }
    }

    /// Runs a program that comes with the chapter to its end, and returns what it printed.
    ///
    /// # Errors
    /// One line: what it ended with before its time.
    pub fn run(&self, name: &str, arguments: &[String]) -> Result<String, String> {
        match self {
            Host::Simulated(strategy) => strategy.run(name, arguments),
            Host::OnOneCore(strategy) => on_one_core(|| strategy.run(name, arguments))?,
            Host::Real(python) => {
                let source = python::Program::Source(bundled(name)?.python);
                python.run(source, arguments, PATIENCE)
            }
        }
    }

    /// Starts a program that comes with the chapter, and returns its first line with it.
    ///
    /// # Errors
    /// One line: why it did not start, or said nothing.
    pub fn serve(&self, name: &str, arguments: &[String]) -> Result<Server, String> {
        match self {
            Host::Simulated(strategy) => {
                Ok(Server::Simulated(strategy.start(name, arguments, None)?))
            }
            Host::OnOneCore(strategy) => {
                let start = || strategy.start(name, arguments, None);
                Ok(Server::Simulated(on_one_core(start)??))
            }
            Host::Real(python) => {
                let source = python::Program::Source(bundled(name)?.python);
                python.start(source, arguments).map(Server::Real)
            }
        }
    }
}

/// A program that runs, wherever it does. If it is dropped, it is ended.
pub enum Server {
    /// In the pocket interpreter.
    Simulated(Box<dyn Runs>),
    /// In a process.
    Real(python::Running),
}

impl Server {
    /// The next line that it prints.
    ///
    /// # Errors
    /// One line, if none comes.
    pub fn line(&mut self) -> Result<String, String> {
        match self {
            Server::Simulated(running) => {
                running.line(PATIENCE).ok_or_else(|| "the program prints nothing".to_owned())
            }
            Server::Real(running) => running.line(PATIENCE),
        }
    }

    /// Waits for its end, and returns what it printed since.
    ///
    /// # Errors
    /// One line: what it ended with before its time.
    pub fn end(self) -> Result<String, String> {
        match self {
            Server::Simulated(running) => sound(running.end()?),
            Server::Real(running) => running.finish(PATIENCE),
        }
    }
}

/// What a program printed whose threads have all come to their ends.
fn sound(outcome: Outcome) -> Result<String, String> {
    match outcome.failures.first() {
        Some(failure) => Err(failure.to_string()),
        None => Ok(outcome.to_string()),
    }
}

/// A simulated program that runs, under whatever strategy.
pub trait Runs: Send {
    /// The next line that it prints, if that comes in time.
    fn line(&self, patience: Duration) -> Option<String>;

    /// Whether it has ended.
    fn is_over(&self) -> bool;

    /// Waits for its end.
    ///
    /// # Errors
    /// One line: what it ended with before its time.
    fn end(self: Box<Self>) -> Result<Outcome, String>;
}

impl<S: Strategy> Runs for Running<S> {
    fn line(&self, patience: Duration) -> Option<String> {
        Running::line(self, patience)
    }

    fn is_over(&self) -> bool {
        Running::is_over(self)
    }

    fn end(self: Box<Self>) -> Result<Outcome, String> {
        Running::end(*self).map_err(|failure| failure.to_string())
    }
}

/// A program that is to be run, under whatever strategy.
#[derive(Clone, Copy)]
struct Job<'a> {
    program: &'a Program,
    arguments: &'a [String],
    limits: Limits,
    recorder: Option<&'a Recorder>,
}

impl Job<'_> {
    fn setup<S: Strategy>(self, strategy: S) -> Setup<S> {
        Setup::new(strategy, self.program).arguments(self.arguments).limits(self.limits)
    }

    fn start<S: Strategy>(self, strategy: S) -> Box<dyn Runs> {
        let setup = self.setup(strategy);
        Box::new(match self.recorder {
            Some(recorder) => setup.recorded(recorder).start(),
            None => setup.start(),
        })
    }
}

/// Runs a program that splits a total over threads (`NAME THREADS TOTAL`) in so many interpreters
/// with a thread each instead; returns the longest of their `seconds`.
///
/// # Errors
/// One line: what one of them ended with before its time.
pub fn isolated(name: &str, interpreters: u64, total: u64) -> Result<f64, String> {
    let (program, arguments) = (listed(name)?, arguments!(1, total / interpreters));
    let limits = Limits { patience: PATIENCE, ..Limits::default() };
    let job = Job { program: &program, arguments: &arguments, limits, recorder: None };
    let one = |_| job.setup(per_interpreter::Isolated::default());
    let outcomes = per_interpreter::run((0..interpreters).map(one).collect())
        .map_err(|failure| failure.to_string())?;
    let seconds = outcomes.into_iter().map(|outcome| field(&sound(outcome)?, "seconds"));
    seconds.collect::<Result<Vec<_>, _>>().map(|each| each.into_iter().fold(0.0, f64::max))
}

/// The number that a program printed as `NAME NUMBER`.
///
/// # Errors
/// One line, if it has not.
pub fn field(printed: &str, name: &str) -> Result<f64, String> {
    let number = |line: &str| line.strip_prefix(name)?.trim().parse().ok();
    printed
        .lines()
        .find_map(number)
        .ok_or_else(|| format!("it was to print {name:?} and a number, but printed {printed:?}"))
}

fn bundled(name: &str) -> Result<&'static Bundled, String> {
    let found = PROGRAMS.iter().find(|program| program.name == name);
    found.ok_or_else(|| format!("there is no program {name:?}"))
}

/// A program that comes with the chapter, ready to be simulated.
///
/// # Errors
/// One line: there is none of this name.
pub fn listed(name: &str) -> Result<Program, String> {
    let file = format!("{name}.py");
    listing::parse(&file, bundled(name)?.listing).map_err(|why| why.to_string())
}

/// A program's arguments, from what can be shown.
#[macro_export]
macro_rules! arguments {
    ($($argument:expr),* $(,)?) => { [$($argument.to_string()),*] };
}
pub use arguments;
