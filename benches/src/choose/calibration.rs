//! What this machine costs, as it was measured here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::kept::Key;
use crate::contestant::{AGAIN, CONTESTANTS, SEQUENTIAL};
use crate::others::MUCH;

/// All that the model must know of this machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// What the figures are of; of anything else they say nothing.
    pub of: Key,
    /// The load averages before and after.
    pub load: [String; 2],
    /// How many seconds it took.
    pub took: f64,
    /// Which share of the machine others had meanwhile, from 0 to 1; nothing where the system doesn't
    /// tell.
    pub others: Option<f64>,
    /// How many links of a chain a core computes in a millisecond.
    pub links_per_ms: f64,
    /// What a lock costs each time when threads hand it on, in milliseconds.
    pub hand_over_ms: f64,
    /// What each approach costs, by its name.
    pub approaches: BTreeMap<String, Costs>,
    /// Why there is nothing of the others, by their names.
    pub left_out: BTreeMap<String, String>,
}

/// What an approach costs on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Costs {
    /// Until it has done its first task: threads, worker processes, a runtime; in milliseconds.
    pub start_ms: f64,
    /// To begin a task and ask for its input: milliseconds a task, when many are begun.
    pub ask_ms: f64,
    /// To take the input and end the task: the same.
    pub answer_ms: f64,
    /// More for a task that waits, where its thread falls asleep for it and has to be woken: the
    /// same.
    pub block_ms: f64,
    /// More for a task that computes, beside the time of its computing: the same.
    pub beside_ms: f64,
    /// How much longer than asked a wait takes, in milliseconds.
    pub late_ms: f64,
    /// How many times as fast as one core it computes.
    pub speed: f64,
    /// How many tasks it has begun at once at most, by its own promise.
    pub in_flight: f64,
    /// Its memory with one task, in MiB.
    pub base_mib: f64,
    /// What each task more takes that waits, in MiB.
    pub waiting_mib: f64,
}

impl Calibration {
    /// Which share of the machine others had while it was taken, from 0 to 1, if that was much: then
    /// times are too long, and who is better may be chance.
    #[must_use]
    pub fn disturbed(&self) -> Option<f64> {
        self.others.filter(|share| *share > MUCH)
    }

    /// What must be said beside every figure of a calibration that was disturbed.
    #[must_use]
    pub fn doubt(&self) -> Option<String> {
        let share = self.disturbed()? * 100.0;
        Some(format!(
            "Calibrated while others had {share:.0} % of the machine: times are too long, and what is \
             best may be chance. It is not kept; once the machine is quiet, ask again."
        ))
    }

    /// The same in a short line, for below the figures.
    #[must_use]
    pub fn doubt_in_short(&self) -> Option<String> {
        let share = self.disturbed()? * 100.0;
        Some(format!("Doubtful: others had {share:.0} % of the machine while it was calibrated."))
    }

    /// Whether nothing in it would make the model divide by nothing or wait for less than nothing.
    pub(super) fn is_sane(&self) -> bool {
        let sane = |costs: &Costs| {
            let Costs { start_ms, ask_ms, answer_ms, block_ms, beside_ms, .. } = *costs;
            let Costs { late_ms, base_mib, waiting_mib, .. } = *costs;
            let least_zero =
                [start_ms, ask_ms, answer_ms, block_ms, beside_ms, late_ms, base_mib, waiting_mib];
            least_zero.iter().all(|figure| figure.is_finite() && *figure >= 0.0)
                && costs.speed > 0.0
                && costs.in_flight >= 1.0
        };
        let of = |name: &str| match self.approaches.get(name) {
            Some(costs) => sane(costs),
            None => name != SEQUENTIAL && self.left_out.contains_key(name),
        };
        let all = CONTESTANTS.iter().filter(|one| one.name != AGAIN).all(|one| of(one.name));
        all && self.links_per_ms > 0.0 && self.hand_over_ms >= 0.0
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A machine on which little is costly, so that figures can be reckoned by hand.
    pub fn easy(cores: usize) -> Calibration {
        let costs = |contestant: &crate::contestant::Contestant| {
            let in_flight = match contestant.name {
                "sequential" => 1.0,
                "rayon" => cores as f64,
                "pool" => 64.0,
                "processes" => 16.0,
                _ => 10_000.0,
            };
            let speed = if contestant.one_core { 1.0 } else { cores as f64 };
            let (base_mib, waiting_mib) = match contestant.name {
                "threads" | "global lock" => (4.0, 0.05),
                "processes" => (60.0, 0.0),
                _ => (4.0, 0.001),
            };
            Costs {
                start_ms: 0.0,
                ask_ms: 0.0,
                answer_ms: 0.0,
                block_ms: 0.0,
                beside_ms: 0.0,
                late_ms: 0.0,
                speed,
                in_flight,
                base_mib,
                waiting_mib,
            }
        };
        let all = CONTESTANTS.iter().filter(|one| one.name != AGAIN);
        Calibration {
            of: Key {
                schema: super::super::kept::SCHEMA,
                cpu: "easy".into(),
                cores,
                kernel: "none".into(),
                program: "test".into(),
            },
            load: ["0".into(), "0".into()],
            took: 0.0,
            others: Some(0.0),
            links_per_ms: 1e6,
            hand_over_ms: 0.0,
            approaches: all.map(|one| (one.name.to_owned(), costs(one))).collect(),
            left_out: BTreeMap::new(),
        }
    }

    #[test]
    fn a_busy_machine_is_known_by_what_others_had_of_it() {
        let with = |others| Calibration { others, ..easy(2) };
        for doubt in [with(Some(0.3)).doubt(), with(Some(0.3)).doubt_in_short()] {
            assert!(doubt.is_some_and(|doubt| doubt.contains("30 %")));
        }
        for others in [Some(0.05), None] {
            assert_eq!((with(others).doubt(), with(others).doubt_in_short()), (None, None));
        }
    }

    #[test]
    fn who_is_left_out_must_have_a_reason() {
        let mut some = easy(2);
        some.approaches.remove("threads");
        assert!(!some.is_sane());
        some.left_out.insert("threads".into(), "failed".into());
        assert!(some.is_sane());
    }
}
