//! The job, done for real by every approach that will do, beside what was predicted.

use std::time::Duration;

use workloads::orders::Terms;

use super::job::Job;
use super::model::Prediction;
use super::trial::Trials;
use super::{middle, rules};
use crate::contestant::SEQUENTIAL;
use crate::interrupt::Interrupt;
use crate::process::Trouble;
use crate::progress::Progress;
use crate::report::numbers::ms;
use crate::{Result, Sample};

/// The run in the middle of a few, by its time, or why there are none.
pub type Measured = Result<Sample, String>;

/// How jobs are measured.
#[derive(Debug, Clone, Copy)]
pub struct How {
    /// How often each approach does the job: in turns, and the run in the middle counts.
    pub rounds: usize,
    /// Who is predicted to take longer isn't run.
    pub patience: Duration,
}

/// How long a run may take, as a multiple of the patience, before it is killed.
const DEADLINE: u32 = 5;

/// What each of the predictions comes to when it is run. Call this on the main thread.
///
/// # Errors
/// If the service can't be started, or at Ctrl-C.
pub fn measure(
    job: &Job,
    links_per_ms: f64,
    predictions: &[Prediction],
    how: How,
    interrupt: &Interrupt,
) -> Result<Vec<Measured>> {
    let mut trials = Trials::new(interrupt, how.patience * DEADLINE)?;
    let all = predictions.iter().map(|one| unfit(job, one, how).map_or(Ok(Vec::new()), Err));
    let mut all: Vec<Result<Vec<Sample>, String>> = all.collect();
    let turns = (0..how.rounds).flat_map(|round| {
        (0..predictions.len()).map(move |turn| (turn + round) % predictions.len())
    });
    let turns: Vec<_> = turns.collect();
    let label = |&turn: &usize| predictions[turn].contestant.name.to_owned();
    let mut progress = Progress::over(&[]);
    progress.part(turns.iter().map(label).collect());
    for turn in turns {
        progress.step();
        let Ok(runs) = &mut all[turn] else { continue };
        trials.on(terms(job, links_per_ms), job.tasks)?;
        match trials.run(predictions[turn].contestant, job.tasks) {
            Ok(run) => runs.push(run),
            Err(Trouble::Interrupted) => return Err("interrupted".into()),
            Err(trouble) => {
                all[turn] = Err(format!("{}: {}", trouble.name(), trouble.why()));
                trials.anew()?;
            }
        }
    }
    let middle = |runs: Vec<Sample>| middle::run(&runs).cloned().ok_or("not run".to_owned());
    Ok(all.into_iter().map(|runs| runs.and_then(middle)).collect())
}

/// The job as terms of the service; a page has one link at least.
fn terms(job: &Job, links_per_ms: f64) -> Terms {
    let links = ((job.cpu_ms * links_per_ms) as u64).max(1);
    let locked = (links as f64 * job.shared) as u64;
    Terms { think_ms: job.wait_ms, links: links - locked, locked }
}

/// Why this one isn't run.
fn unfit(job: &Job, prediction: &Prediction, how: How) -> Option<String> {
    if prediction.excluded.is_some() {
        return Some("won't do".into());
    }
    if job.chain && prediction.contestant.name != SEQUENTIAL {
        return Some("not run: in a chain it could do no more at once than one task".into());
    }
    if job.blocking_library && rules::offloads(prediction.contestant).is_some() {
        return Some("not run: its own library, which is at hand here, doesn't block".into());
    }
    let (takes, patience) = (prediction.wall_ms, how.patience.as_secs_f64() * 1e3);
    let long = || format!("not run: {} is longer than {}", ms(takes), ms(patience));
    (takes > patience).then(long)
}
