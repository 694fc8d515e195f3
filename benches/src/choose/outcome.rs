//! A job that was predicted and then done: whether the first choice was right.

use super::job::Job;
use super::model::Prediction;
use super::verify::Measured;
use crate::report::numbers::ms;

/// One job, and how it went.
pub struct Outcome {
    /// The job.
    pub job: Job,
    /// The first choice.
    pub first: &'static str,
    /// Who took the shortest, of all that ran; "none" if none did.
    pub best: &'static str,
    /// What was predicted of the first choice and what measured, in milliseconds; nothing if it failed.
    pub took: Option<(f64, f64)>,
    /// How many times as long the first choice took as the best: for ever, if it failed.
    pub behind: f64,
    /// Of each run: who, what was predicted and what measured, in milliseconds.
    pub runs: Vec<(&'static str, f64, f64)>,
}

impl Outcome {
    /// What it came to: `measured` has one for each of the predictions, of which there is one at least.
    #[must_use]
    pub fn of(job: Job, predictions: &[Prediction], measured: &[Measured]) -> Outcome {
        let runs = predictions.iter().zip(measured).filter_map(|(one, measured)| {
            let wall = measured.as_ref().ok()?.get("wall_ms")?;
            Some((one.contestant.name, one.wall_ms, *wall))
        });
        let runs: Vec<_> = runs.collect();
        let first = predictions[0].contestant.name;
        let took = runs.first().filter(|run| run.0 == first).map(|run| (run.1, run.2));
        let best = runs.iter().min_by(|a, b| a.2.total_cmp(&b.2));
        let behind = took.zip(best).map_or(f64::INFINITY, |(took, best)| took.1 / best.2);
        Outcome { job, first, best: best.map_or("none", |best| best.0), took, behind, runs }
    }

    /// Whether the first choice was the best, in a sentence; nothing if there is nobody to compare it
    /// with.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        let Outcome { first, best, behind, runs, .. } = self;
        let took = runs.iter().find(|run| run.0 == *best)?.2;
        Some(match self.took {
            None => format!(
                "Measured: {first} has no time; of the others {best} was best, {}.",
                ms(took)
            ),
            Some(_) if runs.len() == 1 => return None,
            Some(_) if first == best => {
                format!("Measured: {first} was indeed the best, {}.", ms(took))
            }
            Some(_) => {
                format!(
                    "Measured: {best} was best, {}; {first} took {behind:.2} times as long.",
                    ms(took)
                )
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::calibration::tests::easy;
    use super::super::ranking::{AS_GOOD, predict};
    use super::*;

    #[test]
    fn a_first_choice_that_fails_is_a_miss() {
        let job = Job::plain(5.0, 20, 100);
        let predictions = predict(&job, &easy(2));
        let run = |wall_ms: f64| Ok(crate::Sample::from([("wall_ms".to_owned(), wall_ms)]));
        let mut measured: Vec<Measured> = predictions.iter().map(|_| run(20.0)).collect();
        assert!(Outcome::of(job, &predictions, &measured).behind <= AS_GOOD);
        measured[0] = Err("failed".into());
        let missed = Outcome::of(job, &predictions, &measured);
        assert!(missed.took.is_none() && missed.behind > AS_GOOD);
        assert_eq!(missed.runs.len(), predictions.len() - 1);
    }
}
