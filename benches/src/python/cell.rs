//! A cell of the matrix for a program in Python: this process asks it (`python/cell.py`), checks its
//! answer against what the same problem gives in Rust, and sees that nothing of it is left behind.

use std::io::{self, Read};
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};
use workloads::files::WordCounts;
use workloads::http::Reply;
use workloads::orders::Totals;
use workloads::primes::PI_OF_POWERS_OF_TEN;
use workloads::{Approach, Sequential, chain, fetch, limits};

use super::file;
use crate::Result;
use crate::cell::{CLIENTS, Task};
use crate::problem::{Problem, Size};
use crate::process::{self, Child, tell};

/// Runs the cell. Returns what is to be told: the figures, or that it was refused.
pub(crate) fn run(task: &Task, interpreter: &Path) -> Result<Value> {
    let interrupt = process::be_guard_of(task.parent)?;
    limits::allow_many_files();
    let question = Question::of(task)?;
    let mut command = process::under_us(interpreter)?;
    command.arg("-B").arg(file("cell.py")).stderr(Stdio::piped());
    let mut program = Child::start_beside_us(&mut command, &interrupt)?;
    let mut asked = question.asked();
    asked["approach"] = json!(task.approach);
    // One that fails at once doesn't read; how it ended tells more than that.
    let said = program.say(&asked.to_string());
    let told = answer(&mut program);
    program.end().map_err(|trouble| trouble.why())?;
    said?;
    let told = told?;
    if told.get("refused").is_some() {
        return Ok(told);
    }
    match question.is_answered_by(&told["answer"])? {
        true => Ok(told["figures"].clone()),
        false => Err("the answer is wrong".into()),
    }
}

/// What it says last; a server says before that where it is, and serves for as long as our parent
/// wants it to.
fn answer(program: &mut Child) -> Result<Value> {
    let mut next = || -> Result<Value> {
        let line = program.line().ok_or("it said nothing")?;
        Ok(serde_json::from_str(&line)?)
    };
    let told = next()?;
    if told.get("address").is_none() {
        return Ok(told);
    }
    tell(&told)?;
    io::stdin().read_to_end(&mut Vec::new())?;
    program.interrupt();
    let line = program.line().ok_or("it said nothing at its end")?;
    Ok(serde_json::from_str(&line)?)
}

/// A problem, with all that it takes to ask it and to know the answer.
struct Question {
    problem: Problem,
    size: Size,
    service: Option<SocketAddr>,
    paths: Vec<PathBuf>,
}

impl Question {
    fn of(task: &Task) -> Result<Question> {
        let (problem, size) = (task.problem()?, Size::of(task.quick).in_python());
        let service = problem.asks().then(|| task.service()).transpose()?;
        let paths = if problem == Problem::Files { task.files(size)? } else { Vec::new() };
        Ok(Question { problem, size, service, paths })
    }

    /// As it is put to the program: its arguments by name.
    fn asked(&self) -> Value {
        let size = self.size;
        let service = self.service.map(|at| json!([at.ip().to_string(), at.port()]));
        let mut asked = match self.problem {
            Problem::Chain => json!({ "links": size.links }),
            Problem::Primes => {
                json!({ "below": 10_u64.pow(size.primes_power as u32), "ranges": size.ranges })
            }
            Problem::Fetch => json!({
                "service": service, "requests": size.requests, "think_ms": size.think_ms
            }),
            Problem::Orders => json!({ "service": service, "pages": size.pages }),
            Problem::Files => json!({ "paths": Vec::from_iter(self.paths.iter().map(as_text)) }),
            Problem::Serve => json!({ "clients": CLIENTS }),
        };
        asked["problem"] = json!(self.problem.name());
        asked
    }

    fn is_answered_by(&self, answer: &Value) -> Result<bool> {
        let size = self.size;
        Ok(match self.problem {
            Problem::Chain => *answer == chain::run(size.links)?.0,
            Problem::Primes => *answer == PI_OF_POWERS_OF_TEN[size.primes_power],
            Problem::Fetch => {
                let bodies: Vec<String> = serde_json::from_value(answer.clone())?;
                let replies: Vec<_> = bodies.iter().map(|body| Reply::text(200, &**body)).collect();
                fetch::check(&fetch::requests(size.requests, size.think_ms)?, &replies)?;
                true
            }
            Problem::Orders => {
                let products = serde_json::from_value(answer.clone())?;
                Totals { products } == Totals::known(0..size.pages)
            }
            Problem::Files => {
                let (words, files, skipped) = serde_json::from_value(answer.clone())?;
                let known = Sequential.files(&self.paths)?;
                // Why a file can't be read, Python says in other words.
                let left_out: usize = skipped;
                left_out == known.skipped.len()
                    && WordCounts::of(words, files, known.skipped.clone()) == known
            }
            // Its clients have checked what it said.
            Problem::Serve => true,
        })
    }
}

/// A character a byte: a path may be any bytes, and JSON is text.
fn as_text(path: impl AsRef<Path>) -> String {
    path.as_ref().as_os_str().as_bytes().iter().map(|byte| char::from(*byte)).collect()
}
