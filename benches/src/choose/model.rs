//! The model: from a job's numbers and this machine's, what each approach would take.
//!
//! The README derives it. In short: queueing for slots and cores is [played through](super::simulate);
//! a task costs what it was measured to; a lock takes away capacity by Gunther's universal
//! scalability law, which is Amdahl's where handing the lock on is free.

use super::calibration::{Calibration, Costs};
use super::job::Job;
use super::rules;
use super::simulate::{self, Setting};
use crate::contestant::Contestant;

/// For how long, in milliseconds, a thread keeps a core that others want: Linux's slice is of this
/// order, and only the order matters.
const SLICE_MS: f64 = 3.0;

/// What one approach would take.
#[derive(Clone)]
pub struct Prediction {
    /// The approach.
    pub contestant: &'static Contestant,
    /// What it has for the job.
    pub means: Means,
    /// From the start until the last task has ended, in milliseconds.
    pub wall_ms: f64,
    /// The same until 99 of 100 tasks have ended: how long the unlucky wait who handed their task in
    /// at the start.
    pub p99_ms: f64,
    /// The most memory that it has at any time, in MiB.
    pub memory_mib: f64,
    /// Why it won't do, if it won't, whatever it takes.
    pub excluded: Option<String>,
}

/// What an approach has for this job, and what a task of it costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Means {
    /// How many tasks it has begun at once.
    pub slots: f64,
    /// On how many cores it computes.
    pub cores: f64,
    /// How many times as fast as one core it computes, the lock and its handing on included.
    pub speed: f64,
    /// What a task costs beside its own computing: milliseconds a task, when many are begun.
    pub unit_ms: f64,
    /// Until the first task can begin, in milliseconds.
    pub start_ms: f64,
    /// How long a task waits: longer than it asked for.
    pub wait_ms: f64,
}

/// What this approach would take.
#[must_use]
pub fn one(
    job: &Job,
    contestant: &'static Contestant,
    costs: &Costs,
    calibration: &Calibration,
) -> Prediction {
    let means = means(job, contestant, costs, calibration);
    let ends = simulate::play(&setting(job, contestant, costs, &means, calibration.of.cores));
    let begun = means.slots.min(job.tasks as f64);
    let waiting_mib = match job.blocking_library && rules::offloads(contestant).is_some() {
        // Each is a thread, whoever has sent the call there.
        true => {
            let thread = calibration.approaches.get("threads");
            costs.waiting_mib + thread.map_or(0.0, |thread| thread.waiting_mib)
        }
        false => costs.waiting_mib,
    };
    let mut prediction = Prediction {
        contestant,
        means,
        wall_ms: means.start_ms + ends.last,
        p99_ms: means.start_ms + ends.p99,
        memory_mib: costs.base_mib + begun * waiting_mib,
        excluded: None,
    };
    prediction.excluded = rules::excluded(job, &prediction);
    prediction
}

fn means(job: &Job, contestant: &Contestant, costs: &Costs, calibration: &Calibration) -> Means {
    let slots = match rules::offloads(contestant) {
        _ if job.chain => 1.0,
        Some(threads) if job.blocking_library => threads(calibration.of.cores) as f64,
        _ => costs.in_flight,
    };
    // Who has fewer tasks than cores keeps no more of them busy.
    let busy = slots.min(job.tasks as f64);
    let cores = if contestant.one_core { 1.0 } else { calibration.of.cores as f64 }.min(busy);
    let speed = costs.speed.min(cores);
    // It was measured where all computing is under the lock, and each task had it handed on. Who wants
    // it for a part of its time finds somebody else there as much more seldom.
    let hand_over = match job.cpu_ms > 0.0 {
        true => job.shared * calibration.hand_over_ms / job.cpu_ms,
        false => 0.0,
    };
    let block_ms = if job.wait_ms == 0 { 0.0 } else { costs.block_ms };
    let beside_ms = if job.cpu_ms == 0.0 { 0.0 } else { costs.beside_ms };
    Means {
        slots,
        cores,
        speed: speed / cores * capacity(cores, job.shared, hand_over),
        unit_ms: costs.ask_ms + costs.answer_ms + block_ms + beside_ms,
        start_ms: (costs.start_ms - costs.ask_ms - costs.answer_ms).max(0.0),
        wait_ms: if job.wait_ms == 0 { 0.0 } else { job.wait_ms as f64 + costs.late_ms },
    }
}

/// How many cores' worth of work `cores` cores do if a share of it is done one after another, and if
/// to agree with each other costs each pair of them the part `coherence` of a task: the universal
/// scalability law (Gunther, "A General Theory of Computational Scalability Based on Rational
/// Functions", 2008). Without the last it is Amdahl's law (AFIPS 1967).
#[must_use]
pub fn capacity(cores: f64, serial: f64, coherence: f64) -> f64 {
    cores / (1.0 + serial * (cores - 1.0) + coherence * cores * (cores - 1.0))
}

fn setting(
    job: &Job,
    contestant: &Contestant,
    costs: &Costs,
    means: &Means,
    machine: usize,
) -> Setting {
    let Means { slots, cores, speed, unit_ms, .. } = *means;
    // What a task costs was measured with all cores at it, so on one core it is that many times as
    // long; computing is slowed down by what the cores lose together.
    let all = if contestant.one_core { 1.0 } else { machine as f64 };
    Setting {
        tasks: job.tasks,
        slots: slots as u64,
        cores: cores as u64,
        ask: costs.ask_ms * all,
        wait: means.wait_ms,
        compute: (unit_ms - costs.ask_ms) * all + job.cpu_ms * cores / speed,
        slice: if rules::shares_out(contestant) { SLICE_MS } else { f64::INFINITY },
    }
}

#[cfg(test)]
mod tests {
    use super::super::calibration::tests::easy;
    use super::super::ranking::{WORTH, best, predict};
    use super::*;

    const JOB: Job = Job::plain(5.0, 20, 100);

    fn of(job: Job, cores: usize, name: &str) -> Prediction {
        let all = predict(&job, &easy(cores));
        all.into_iter().find(|one| one.contestant.name == name).unwrap()
    }

    fn close(one: f64, other: f64) -> bool {
        (one - other).abs() < 1e-6 * other.max(1.0)
    }

    #[test]
    fn capacity_is_amdahls_and_never_more_than_its_limit() {
        assert!(close(capacity(2.0, 0.0, 0.0), 2.0) && close(capacity(8.0, 1.0, 0.0), 1.0));
        assert!(close(capacity(4.0, 0.1, 0.0), 1.0 / (0.1 + 0.9 / 4.0)));
        assert!((capacity(1e9, 0.1, 0.0) - 10.0).abs() < 1e-3, "a tenth in turn: ten at most");
        assert!(capacity(64.0, 0.1, 0.01) < capacity(8.0, 0.1, 0.01), "agreeing costs more");
    }

    #[test]
    fn waiting_overlaps_as_far_as_there_are_slots_and_computing_as_there_are_cores() {
        let waiting = Job { cpu_ms: 0.0, ..JOB };
        assert!(close(of(waiting, 2, "tokio").wall_ms, 20.0));
        assert!(close(of(waiting, 2, "pool").wall_ms, 40.0), "100 tasks, 64 at once");
        assert!(close(of(waiting, 2, "rayon").wall_ms, 1_000.0));
        assert!(close(of(waiting, 2, "sequential").wall_ms, 2_000.0));
        let computing = Job { wait_ms: 0, ..JOB };
        for (name, on_two) in [("rayon", 250.0), ("tokio", 500.0), ("global lock", 500.0)] {
            assert!(close(of(computing, 1, name).wall_ms, 500.0), "{name}");
            assert!(close(of(computing, 2, name).wall_ms, on_two), "{name}");
        }
        assert!(close(of(JOB, 2, "tokio on threads").wall_ms, 270.0));
        assert!(close(of(Job { tasks: 1, ..JOB }, 8, "threads").wall_ms, 25.0));
    }

    #[test]
    fn waiting_and_computing_cost_more_than_their_time_where_they_were_seen_to() {
        let mut machine = easy(1);
        let pool = machine.approaches.get_mut("pool").unwrap();
        (pool.block_ms, pool.beside_ms) = (1.0, 0.5);
        let wall = |job: Job| {
            let all = predict(&job, &machine);
            all.into_iter().find(|one| one.contestant.name == "pool").unwrap().wall_ms
        };
        assert!(close(wall(Job { wait_ms: 0, ..JOB }), 550.0), "100 × (5 + 0.5)");
        assert!(close(wall(JOB), 20.0 + 650.0), "100 × (5 + 0.5 + 1)");
        assert!(close(wall(Job { tasks: 10, cpu_ms: 0.0, ..JOB }), 20.0 + 10.0), "10 × 1");
    }

    #[test]
    fn nothing_helps_a_chain() {
        let chain = predict(&Job { chain: true, ..JOB }, &easy(8));
        assert!(chain.iter().all(|one| close(one.wall_ms, 2_500.0)));
        assert!(best(&chain).unwrap().1 < WORTH);
    }

    #[test]
    fn a_lock_limits_who_computes_on_all_cores() {
        let locked = Job { shared: 0.5, wait_ms: 0, ..JOB };
        assert!(close(of(locked, 4, "rayon").wall_ms, 500.0 / capacity(4.0, 0.5, 0.0)));
        assert!(close(of(locked, 4, "tokio").wall_ms, 500.0), "one core waits for no lock");
        let all = Job { shared: 1.0, ..locked };
        assert!(best(&predict(&all, &easy(4))).unwrap().1 < WORTH);
    }

    #[test]
    fn more_cores_and_fewer_demands_are_never_slower() {
        for wait_ms in [0, 3, 50] {
            for cpu_ms in [0.1, 4.0] {
                for tasks in [1, 10, 333] {
                    let job = Job { cpu_ms, wait_ms, tasks, ..JOB };
                    for cores in [1, 2, 3, 8] {
                        let (fewer, more) = (easy(cores), easy(cores + 1));
                        for few in predict(&job, &fewer) {
                            let name = few.contestant.name;
                            let many = of(job, more.of.cores, name);
                            // Slices that end at other moments let other tasks wait first: such
                            // anomalies are known (Graham, "Bounds on Multiprocessing Timing
                            // Anomalies", 1969), and no more than a part.
                            let part = if rules::shares_out(few.contestant) { 0.1 } else { 1e-9 };
                            let limit = few.wall_ms * (1.0 + part);
                            assert!(many.wall_ms <= limit, "{name} {job:?}");
                            let figures = [few.wall_ms, few.p99_ms, few.memory_mib];
                            assert!(figures.iter().all(|f| f.is_finite() && *f > 0.0), "{name}");
                            assert!(few.p99_ms <= few.wall_ms, "{name}");
                        }
                    }
                }
            }
        }
    }
}
