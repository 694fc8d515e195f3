//! What this machine costs, as it was measured here: kept in a file, and taken again when the
//! machine or the program differs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde::{Deserialize, Serialize};

use crate::contestant::{AGAIN, CONTESTANTS, SEQUENTIAL};
use crate::facts::Facts;
use crate::others::MUCH;
use crate::{Result, micro};

/// The version of the file.
const SCHEMA: u32 = 3;

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

/// The machine and the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The version of the file; another one is not read.
    pub schema: u32,
    /// The processor's model.
    pub cpu: String,
    /// How many cores this process may use.
    pub cores: usize,
    /// The system's name and release.
    pub kernel: String,
    /// The program's version, how it was compiled, and when it was written to disk.
    pub program: String,
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

impl Key {
    /// This machine, this program.
    #[must_use]
    pub fn here(facts: &Facts) -> Key {
        let written = env::current_exe().and_then(fs::metadata).and_then(|file| file.modified());
        let written = written.ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
        let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
        let written = written.map_or(0, |at| at.as_secs());
        Key {
            schema: SCHEMA,
            cpu: facts.cpu.clone(),
            cores: facts.cores,
            kernel: facts.kernel.clone(),
            program: format!("{} {profile} {written}", env!("CARGO_PKG_VERSION")),
        }
    }
}

/// Where it is kept.
#[must_use]
pub fn place() -> PathBuf {
    micro::target().join("bench-calibration.json")
}

impl Calibration {
    /// What is kept in this file, if that is of this machine and program, and whole.
    #[must_use]
    pub fn kept(file: &Path, here: &Key) -> Option<Calibration> {
        let read: Calibration = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
        (read.of == *here && read.is_sane()).then_some(read)
    }

    /// Keeps it there: whole, or not at all.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn keep(&self, file: &Path) -> Result {
        if let Some(directory) = file.parent() {
            fs::create_dir_all(directory)?;
        }
        let draft = file.with_extension(format!("{}.draft", std::process::id()));
        let written = fs::write(&draft, serde_json::to_vec_pretty(self)?);
        let kept = written.and_then(|()| fs::rename(&draft, file));
        if kept.is_err() {
            let _ = fs::remove_file(&draft);
        }
        Ok(kept?)
    }

    /// What must be said beside every figure if others had much of the machine while it was taken:
    /// then times are too long, and who is better may be chance.
    #[must_use]
    pub fn doubt(&self) -> Option<String> {
        let share = self.others.filter(|share| *share > MUCH)? * 100.0;
        Some(format!(
            "Calibrated while others had {share:.0} % of the machine: times are too long, and what is \
             best may be chance. It is not kept; once the machine is quiet, ask again."
        ))
    }

    /// Whether nothing in it would make the model divide by nothing or wait for less than nothing.
    fn is_sane(&self) -> bool {
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
                schema: SCHEMA,
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
        let with = |others| Calibration { others, ..easy(2) }.doubt();
        assert!(with(Some(0.3)).is_some_and(|doubt| doubt.contains("30 %")));
        assert_eq!((with(Some(0.05)), with(None)), (None, None));
    }

    #[test]
    fn who_is_left_out_must_have_a_reason() {
        let mut some = easy(2);
        some.approaches.remove("threads");
        assert!(!some.is_sane());
        some.left_out.insert("threads".into(), "failed".into());
        assert!(some.is_sane());
    }

    #[test]
    fn what_cannot_be_kept_leaves_no_draft() {
        let directory = env::temp_dir().join(format!("calibration-{}", std::process::id()));
        // A file can't take the place of a directory.
        let file = directory.join("kept.json");
        fs::create_dir_all(&file).unwrap();
        assert!(easy(2).keep(&file).is_err());
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1, "only what was there before");
        fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn what_is_kept_is_read_unless_it_is_broken_or_of_something_else() {
        let name = format!("calibration-{}.json", std::process::id());
        let file = env::temp_dir().join(name);
        let kept = easy(2);
        assert_eq!(Calibration::kept(&file, &kept.of), None, "nothing there");
        kept.keep(&file).unwrap();
        assert_eq!(Calibration::kept(&file, &kept.of), Some(kept.clone()));
        for other in [
            Key { schema: 0, ..kept.of.clone() },
            Key { cores: 3, ..kept.of.clone() },
            Key { cpu: "another".into(), ..kept.of.clone() },
            Key { kernel: "another".into(), ..kept.of.clone() },
            Key { program: "another".into(), ..kept.of.clone() },
        ] {
            assert_eq!(Calibration::kept(&file, &other), None, "{other:?}");
        }
        let whole = fs::read_to_string(&file).unwrap();
        for broken in [
            whole[..whole.len() / 2].to_owned(),
            whole.replacen("\"speed\": 1.0", "\"speed\": 0.0", 1),
            whole.replacen("\"ask_ms\": 0.0", "\"ask_ms\": -1.0", 1),
            String::new(),
        ] {
            fs::write(&file, broken).unwrap();
            assert_eq!(Calibration::kept(&file, &kept.of), None);
        }
        fs::remove_file(&file).unwrap();
    }
}
