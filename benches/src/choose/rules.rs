//! What numbers don't decide: who won't do at all, who must send blocking calls elsewhere, and whose
//! tasks take turns at a core.

use super::costs::MANY;
use super::job::Job;
use super::model::Prediction;
use crate::contestant::Contestant;
use crate::report::numbers::count;

/// For who runs many tasks on few threads: on how many other threads, given the cores, its calls
/// that block are. One where there are none: then everybody waits for the one that blocks.
#[must_use]
pub fn offloads(contestant: &Contestant) -> Option<fn(usize) -> usize> {
    match contestant.name {
        // crates/event-loop-demo/src/runtime/offload.rs
        "event loop" => Some(|cores| cores.max(4)),
        // tokio's documentation, `runtime::Builder::max_blocking_threads`: 512 unless set.
        "tokio" | "tokio on threads" => Some(|_| 512),
        // The crate `blocking`, which both use: 500, unless `BLOCKING_MAX_THREADS` says otherwise.
        "async-std" | "smol" => Some(|_| 500),
        "green threads" => Some(|_| 1),
        _ => None,
    }
}

/// Whether the kernel shares the cores out among its tasks, which have threads or processes of
/// their own; elsewhere a task keeps its thread until it waits.
#[must_use]
pub fn shares_out(contestant: &Contestant) -> bool {
    ["threads", "pool", "processes"].contains(&contestant.name)
}

/// Why this one won't do, if it won't.
#[must_use]
pub fn excluded(job: &Job, prediction: &Prediction) -> Option<String> {
    let name = prediction.contestant.name;
    if job.isolation && name != "processes" {
        return Some("a crash ends its process, and with it all tasks".into());
    }
    if job.shared > 0.0 && name == "processes" {
        return Some("processes share no memory, so no state and no lock in it".into());
    }
    let a_thread_each = ["threads", "global lock"].contains(&name);
    if a_thread_each && !job.chain && job.tasks as f64 > MANY {
        let (tasks, many) = (count(job.tasks as f64), count(MANY));
        return Some(format!(
            "{tasks} tasks are more than the {many} threads that it begins at most"
        ));
    }
    let limit_mib = job.memory? as f64 / f64::from(1 << 20);
    let needs = prediction.memory_mib;
    (needs > limit_mib).then(|| format!("it needs {needs:.0} MiB, and there are {limit_mib:.0}"))
}

#[cfg(test)]
mod tests {
    use super::super::calibration::tests::easy;
    use super::super::ranking::predict;
    use super::*;

    const JOB: Job = Job::plain(1.0, 10, 2_000);

    fn that_will_do(job: &Job) -> Vec<&'static str> {
        let all = predict(job, &easy(2));
        let will_do = all.iter().filter(|one| one.excluded.is_none());
        will_do.map(|one| one.contestant.name).collect()
    }

    #[test]
    fn only_processes_survive_a_crash_and_only_the_others_share() {
        assert_eq!(that_will_do(&Job { isolation: true, ..JOB }), ["processes"]);
        let sharing = that_will_do(&Job { shared: 0.1, ..JOB });
        assert!(sharing.len() == 11 && !sharing.contains(&"processes"), "{sharing:?}");
        assert!(that_will_do(&Job { shared: 0.1, isolation: true, ..JOB }).is_empty());
    }

    #[test]
    fn memory_and_the_number_of_threads_have_limits() {
        // 2,000 threads of 0.05 MiB and 4 MiB before them, as the easy machine has it.
        let with = |mib: u64| that_will_do(&Job { memory: Some(mib << 20), ..JOB });
        assert!(with(105).contains(&"threads") && !with(103).contains(&"threads"));
        assert!(with(103).contains(&"tokio") && !with(3).contains(&"tokio"));
        let many = that_will_do(&Job { tasks: 20_000, ..JOB });
        assert!(many.contains(&"smol") && !many.contains(&"global lock"), "{many:?}");
        assert!(that_will_do(&Job { tasks: 20_000, chain: true, ..JOB }).contains(&"threads"));
    }

    #[test]
    fn a_call_that_blocks_takes_a_loops_advantage_away() {
        let blocking = Job { blocking_library: true, cpu_ms: 0.0, ..JOB };
        let all = predict(&blocking, &easy(2));
        let wall = |name: &str| {
            let found = all.iter().find(|one| one.contestant.name == name);
            found.unwrap().wall_ms.round()
        };
        assert_eq!(wall("threads"), 10.0);
        assert_eq!(wall("tokio"), 40.0, "2,000 tasks, 512 threads");
        assert_eq!(wall("event loop"), 5_000.0, "2,000 tasks, four threads");
        assert_eq!(wall("green threads"), wall("sequential"));
    }
}
