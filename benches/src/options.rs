//! The command line of a run: which parts, how much of each, and where the report goes. What is
//! wrong with it is said before anything runs.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::contestant::Choice;
use crate::matrix::{Plan, REPEAT};
use crate::part::Part;
use crate::problem::Size;
use crate::{Result, micro, python};

/// What may be said of a run.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Run only these approaches and problems in the matrix: primes,pool,…
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    only: Vec<String>,
    /// Leave these approaches and problems out
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    skip: Vec<String>,
    /// Run only these parts of all
    #[arg(long, value_delimiter = ',', value_name = "PART,…")]
    parts: Vec<Part>,
    /// Run each cell so many times [default: 3, and up to 9 where there is time; if quick 3, and 1 in
    /// Python or of a server]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(REPEAT))]
    repeat: Option<u64>,
    /// Measure how long a server's requests take for so many seconds [default: 1, or 0.25 if quick]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=20))]
    serve_seconds: Option<u64>,
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

/// What is to be run, and where its report goes.
pub struct Run {
    /// How much of each part.
    pub plan: Plan,
    /// A directory that can be written to.
    pub out: PathBuf,
    /// The parts, in order; at least one.
    pub parts: Vec<Part>,
}

impl Options {
    /// The same of small problems, with coarse figures.
    #[must_use]
    pub fn quick(self) -> Options {
        Options { quick: true, ..self }
    }

    /// What they mean for a command that has these parts. Call this on the main thread, once (see
    /// [`python::rows`]).
    ///
    /// # Errors
    /// What is wrong with them, in one line.
    pub fn run_of(self, whole: &[Part]) -> Result<Run> {
        let chosen = whole.iter().filter(|part| self.parts.is_empty() || self.parts.contains(part));
        let parts: Vec<_> = chosen.copied().collect();
        if parts.is_empty() {
            return Err("--parts leaves nothing to run".into());
        }
        let (choice, notes) = match parts.contains(&Part::Matrix) {
            true => self.choice()?,
            false => (self.no_choice()?, Vec::new()),
        };
        if let Some(path) = self.path.as_ref().filter(|path| !path.is_dir()) {
            return Err(format!("--path {}: no such directory", path.display()).into());
        }
        let out = self.out.clone().unwrap_or_else(|| micro::target().join("bench-report"));
        writable(&out).map_err(|why| format!("--out {}: {why}", out.display()))?;
        Ok(Run { plan: self.plan(choice, notes), out, parts })
    }

    /// What of the matrix is run, and what is to be said of the rows in Python.
    fn choice(&self) -> Result<(Choice, Vec<String>)> {
        let (rows, notes) = python::rows(&self.python)?;
        let choice =
            Choice::of(&self.only, &self.skip, rows).map_err(|why| match rows.is_empty() {
                true => format!("{why}. {}", notes.concat()).into(),
                false => why,
            })?;
        let in_question = choice.has_python() || (rows.is_empty() && self.only.is_empty());
        Ok((choice, if in_question { notes } else { Vec::new() }))
    }

    /// Where the matrix is not run, no interpreter is asked what it is.
    fn no_choice(&self) -> Result<Choice> {
        let of_the_matrix = [
            ("--only", !self.only.is_empty()),
            ("--skip", !self.skip.is_empty()),
            ("--repeat", self.repeat.is_some()),
            ("--serve-seconds", self.serve_seconds.is_some()),
            ("--path", self.path.is_some()),
            ("--python", !self.python.is_empty()),
        ];
        match of_the_matrix.into_iter().find(|(_, given)| *given) {
            Some((option, _)) => {
                Err(format!("{option} is about the matrix, which isn't run").into())
            }
            None => Choice::of(&[], &[], &[]),
        }
    }

    fn plan(self, choice: Choice, notes: Vec<String>) -> Plan {
        let Options { repeat, quick, path, .. } = self;
        let rounds = |default| repeat.unwrap_or(default) as usize;
        let many = if quick { 3 } else { 9 };
        Plan {
            choice,
            repeat: rounds(many),
            // A program in Python takes longer to start, and a quick run has but a minute.
            repeat_python: rounds(if quick { 1 } else { many }),
            // A round of servers takes as long as one of all else.
            serving: rounds(if quick { 1 } else { 3 }),
            latency_for: self
                .serve_seconds
                .map_or(Size::of(quick).latency_for, Duration::from_secs),
            // Who says how often gets that, however long it takes.
            budget: repeat.map_or_else(|| Part::Matrix.takes(quick), |_| Duration::MAX),
            quick,
            path,
            deadline: Duration::from_millis(self.deadline_ms),
            notes,
        }
    }
}

/// Tries it, so that twelve minutes are not lost to a typing error. What is there stays as it is.
fn writable(directory: &Path) -> std::io::Result<()> {
    fs::create_dir_all(directory)?;
    let file = directory.join("report.json");
    let is_new = !file.exists();
    OpenOptions::new().create(true).append(true).open(&file)?;
    if is_new { fs::remove_file(&file) } else { Ok(()) }
}
