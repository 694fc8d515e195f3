//! All approaches in order: the best first, and those that won't do last.

use super::calibration::Calibration;
use super::job::Job;
use super::model::{self, Prediction};
use crate::contestant::{AGAIN, CONTESTANTS, Contestant, SEQUENTIAL};

/// Times that differ by less are the same: then the one that takes less memory is better.
pub const TIE: f64 = 1.03;

/// Who takes no more than this many times as long as the best is as good a choice: more than that is
/// known of no prediction.
pub const AS_GOOD: f64 = 1.1;

/// How many times as fast as sequential is the least that is worth any effort.
pub const WORTH: f64 = 1.1;

/// Predictions for all approaches, the best first, and those that won't do behind the others.
#[must_use]
pub fn predict(job: &Job, calibration: &Calibration) -> Vec<Prediction> {
    let rows = CONTESTANTS.iter().filter(|contestant| contestant.name != AGAIN);
    let predict = |contestant: &'static Contestant| {
        let costs = calibration.approaches.get(contestant.name)?;
        Some(model::one(job, contestant, costs, calibration))
    };
    let mut all: Vec<Prediction> = rows.filter_map(predict).collect();
    all.sort_by(|a, b| {
        let will_do = a.excluded.is_some().cmp(&b.excluded.is_some());
        will_do.then(a.wall_ms.total_cmp(&b.wall_ms))
    });
    let best = all.first().map_or(0.0, |first| first.wall_ms);
    let tied = all.iter().take_while(|one| one.excluded.is_none() && one.wall_ms <= best * TIE);
    let tied = tied.count();
    all[..tied].sort_by(|a, b| a.memory_mib.total_cmp(&b.memory_mib));
    all
}

/// The best of them, and how many times as fast as sequential it is; nothing if none will do.
#[must_use]
pub fn best(predictions: &[Prediction]) -> Option<(&Prediction, f64)> {
    let best = predictions.first().filter(|one| one.excluded.is_none())?;
    let sequential = predictions.iter().find(|one| one.contestant.name == SEQUENTIAL)?;
    Some((best, sequential.wall_ms / best.wall_ms))
}

#[cfg(test)]
mod tests {
    use super::super::calibration::tests::easy;
    use super::*;

    #[test]
    fn of_those_that_are_as_fast_the_one_with_less_memory_is_the_best() {
        let mut machine = easy(2);
        let mut set = |name: &str, late_ms, base_mib| {
            let costs = machine.approaches.get_mut(name).unwrap();
            (costs.late_ms, costs.base_mib) = (late_ms, base_mib);
        };
        set("tokio", 0.2, 1.0);
        set("smol", 1.0, 0.5);
        let all = predict(&Job::plain(0.0, 20, 100), &machine);
        assert_eq!(all[0].contestant.name, "tokio", "20.2 ms are 20, and memory decides");
        assert!(all[1..].iter().any(|one| one.wall_ms < all[0].wall_ms));
        let late = all.iter().position(|one| one.contestant.name == "smol");
        assert!(late > Some(3), "21 ms are more than 20, whatever the memory");
    }
}
