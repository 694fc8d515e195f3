//! Python's two pools of processes, in a program that is started once and then asked.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// Reads `Pool 1000`, has so many jobs done, checks the answers, and prints how many seconds that
/// took; and ends when its standard input does.
const PEERS: &str = include_str!("peers.py");

/// The program.
pub struct Python {
    process: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Python {
    /// With so many workers in each pool; nothing if there is no `python3`.
    pub fn start(workers: usize) -> Option<Python> {
        let mut command = Command::new("python3");
        command.args(["-u", "-B", "-c", PEERS, &workers.to_string()]);
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let questions = process.stdin.take();
        let answers = BufReader::new(process.stdout.take()?);
        let mut python = Python { process, questions, answers };
        // What is found may be no interpreter, or lack the modules.
        python.ask("Pool", 1)?;
        Some(python)
    }

    /// How long so many jobs take.
    pub fn run(&mut self, pool: &str, jobs: u64) -> Duration {
        self.ask(pool, jobs).expect("an answer of Python")
    }

    fn ask(&mut self, pool: &str, jobs: u64) -> Option<Duration> {
        writeln!(self.questions.as_mut()?, "{pool} {jobs}").ok()?;
        let mut line = String::new();
        self.answers.read_line(&mut line).ok()?;
        Some(Duration::from_secs_f64(line.trim().parse().ok()?))
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        self.questions = None;
        let _ = self.process.wait();
    }
}
