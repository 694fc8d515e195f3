//! One measurement, in a process of its own: its figure as one line of JSON on standard output.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use multiprocess_demo::scenes::tax::cores::{allowed, stay_on};
use workloads::limits;

use super::{MODELS, Model};
use crate::{Result, Sample, process};

/// What one measurement is told to do; the parent says it, so nothing of it is for the reader.
#[derive(Debug, Clone, clap::Args)]
#[expect(missing_docs, reason = "what they mean is with the `units` command")]
pub struct Task {
    #[arg(long)]
    pub parent: u32,
    #[arg(long)]
    pub model: String,
    #[arg(long)]
    pub count: u32,
    #[arg(long)]
    pub figure: String,
    #[arg(long)]
    pub quick: bool,
}

/// How often units hand on or give way: threads and processes, which do so by way of the kernel,
/// less often.
const SWITCHES: [u64; 2] = [20_000, 400_000];

/// Measures, and tells.
#[must_use]
pub fn run(task: &Task) -> ExitCode {
    process::say(process::be_child_of(task.parent).and_then(|()| measure(task)))
}

fn measure(task: &Task) -> Result<Sample> {
    limits::allow_many_files();
    stay_on(allowed().first().map(std::slice::from_ref).unwrap_or_default());
    let model = MODELS.iter().find(|model| model.name == task.model).ok_or("no such model")?;
    let value = match task.figure.as_str() {
        "memory_bytes" => (model.memory)(task.count)?,
        "spawn_ns" => Some(spawn(model, task)?),
        "switch_ns" => match model.switch {
            Some(switch) => switch(task.count, switches(model, task))?,
            None => None,
        },
        _ => return Err("no such figure".into()),
    };
    Ok(value.map(|value| (task.figure.clone(), value)).into_iter().collect())
}

/// Nanoseconds to start one and wait for its end: the mean of as many batches as a while has room
/// for. Of several the first is left out, which pays for what the others find ready.
fn spawn(model: &Model, task: &Task) -> Result<f64> {
    let enough = Duration::from_millis(if task.quick { 10 } else { 40 });
    let first = (model.spawn)(task.count)?;
    let (begun, mut took, mut batches) = (Instant::now(), Duration::ZERO, 0);
    while first < enough && begun.elapsed() < enough {
        took += (model.spawn)(task.count)?;
        batches += 1;
    }
    let (took, batches) = if batches == 0 { (first, 1) } else { (took, batches) };
    Ok(took.as_nanos() as f64 / (f64::from(task.count) * f64::from(batches)))
}

fn switches(model: &Model, task: &Task) -> u64 {
    use super::limits::Kind::{Object, Process, Stack, Thread};
    let [by_the_kernel, by_ourselves] = SWITCHES;
    let all = match model.kind {
        Thread | Process => by_the_kernel,
        Stack | Object => by_ourselves,
    };
    // So many turns each at least, beside the first, which is not timed.
    let least = match (model.kind, task.quick) {
        (Thread | Process, true) => 3,
        _ => 10,
    };
    let all = all / if task.quick { 4 } else { 1 };
    all.max(u64::from(task.count) * least)
}
