//! What to take; or that nothing helps, or nothing will do, and why not.

use super::job::Job;
use super::model::{Prediction, capacity};
use super::ranking::{AS_GOOD, WORTH, best};
use super::why::{self, Reason, Term};
use crate::contestant::SEQUENTIAL;
use crate::report::numbers::{bytes, count, ms, of_hundred};

/// Which tool for this job, in two or three sentences.
#[must_use]
pub fn verdict(job: &Job, predictions: &[Prediction]) -> String {
    let Some((first, faster)) = best(predictions) else { return nobody(job, predictions) };
    let (name, chapter) = (first.contestant.name, first.contestant.chapter);
    if job.isolation {
        let lead = format!("Take {name} ({chapter}): only there a crash spares the others.");
        return format!("{lead} The job takes {}.", beside_sequential(faster));
    }
    if faster >= WORTH {
        let (times, why) = (times(faster), because(job, first));
        let lead =
            format!("Take {name} ({chapter}): {times} times as fast as one task after another");
        return format!("{lead}. Why: {why}.{}", as_good(first, predictions));
    }
    format!("No approach helps: do one task after another. {}", hopeless(job, predictions))
}

/// Why the first choice is as fast as that.
fn because(job: &Job, first: &Prediction) -> String {
    let (reason, means) = (Reason::of(job, first), &first.means);
    let rounds = why::rounds(job, first);
    match why::largest(job, first) {
        Term::Waiting if rounds > 1.0 => {
            let (slots, rounds, wait) = (count(means.slots), count(rounds), ms(means.wait_ms));
            format!("{slots} wait at once, in {rounds} rounds of {wait}")
        }
        Term::Waiting => reason.to_string(),
        // What still takes longest is not all that makes it fast.
        _ if job.wait_ms > 0 && means.slots > 1.0 => format!("the waiting overlaps; {reason}"),
        Term::Computing => reason.to_string(),
        Term::Units | Term::Start if means.cores > 1.0 => {
            format!("{} cores share the work; {reason}", means.cores)
        }
        Term::Units | Term::Start => reason.to_string(),
    }
}

/// How many times, with no more digits than a prediction is worth.
#[must_use]
pub fn times(times: f64) -> String {
    if times < 9.95 { format!("{times:.1}") } else { count(times) }
}

fn beside_sequential(faster: f64) -> String {
    if faster >= WORTH {
        return format!("{:.0} % of the time of one task after another", 100.0 / faster);
    }
    if faster * WORTH >= 1.0 {
        return "as long as one task after another".into();
    }
    format!("{} times as long as one task after another", times(1.0 / faster))
}

/// Who else may be taken.
fn as_good(first: &Prediction, predictions: &[Prediction]) -> String {
    let limit = first.wall_ms * AS_GOOD;
    let others = predictions[1..].iter();
    let others = others.filter(|one| one.excluded.is_none() && one.wall_ms <= limit);
    let names: Vec<_> = others.map(|one| one.contestant.name).collect();
    if names.is_empty() {
        return String::new();
    }
    format!(" As good, within 10 %: {}.", names.join(", "))
}

/// Which demands leave nobody.
fn nobody(job: &Job, predictions: &[Prediction]) -> String {
    if job.isolation && job.shared > 0.0 {
        return "No approach will do: only processes let a crash spare the others, and processes share \
                no state. One of the two demands must go."
            .into();
    }
    let able = |one: &&Prediction| !job.isolation || one.contestant.name == "processes";
    let least = predictions.iter().filter(able);
    let Some(least) = least.min_by(|a, b| a.memory_mib.total_cmp(&b.memory_mib)) else {
        return "No approach will do: only processes let a crash spare the others, and those could not \
                be measured here."
            .into();
    };
    let (name, mib) = (least.contestant.name, f64::from(1 << 20));
    let needs = bytes(least.memory_mib * mib);
    let has = bytes(job.memory.map_or(f64::INFINITY, |limit| limit as f64));
    match job.isolation {
        true => format!(
            "No approach will do: only processes let a crash spare the others, and those need {needs} \
             where there are {has}. Give the job more memory, or let a crash end it."
        ),
        false => format!(
            "No approach will do: the one that needs the least memory, {name}, needs {needs} where \
             there are {has}. Give the job more."
        ),
    }
}

/// Why even the best is no faster.
fn hopeless(job: &Job, predictions: &[Prediction]) -> String {
    if job.chain {
        return "Each task needs the result of the one before, so there is never a second one to do. \
                Only less work helps: fewer tasks, or shorter ones."
            .into();
    } else if job.tasks == 1 {
        return "There is but one task; split it first, if it can be.".into();
    }
    let others = || predictions.iter().filter(|one| one.contestant.name != SEQUENTIAL);
    let fastest = |one: &&Prediction, other: &&Prediction| one.wall_ms.total_cmp(&other.wall_ms);
    let alone = predictions.iter().find(|one| one.contestant.name == SEQUENTIAL);
    let alone_ms = alone.map_or(0.0, |one| one.wall_ms);
    if let Some(faster) = others().filter(|one| one.excluded.is_some()).min_by(fastest)
        && faster.wall_ms * WORTH < alone_ms
    {
        let (name, why) = (faster.contestant.name, faster.excluded.as_deref().unwrap_or_default());
        return format!("{name} would be faster, but won't do: {why}.");
    }
    match others().filter(|one| one.excluded.is_none()).min_by(fastest) {
        Some(rival) => no_faster(job, rival, alone_ms, predictions),
        None => "Nothing else will do.".into(),
    }
}

/// Why this one, the fastest that will do beside the sequential run, is no faster than that.
fn no_faster(job: &Job, rival: &Prediction, alone_ms: f64, predictions: &[Prediction]) -> String {
    let (name, means) = (rival.contestant.name, &rival.means);
    let cores = predictions.iter().map(|one| one.means.cores).fold(1.0, f64::max);
    let limit = capacity(cores, job.shared, 0.0);
    let units = job.tasks as f64 * means.unit_ms;
    let each = job.cpu_ms + job.wait_ms as f64;
    let (work, waiting) = (job.tasks as f64 * each, job.wait_ms as f64 / each);
    if units + means.start_ms > work / 2.0 {
        let (ready, unit, work) = (ms(means.start_ms), ms(means.unit_ms), ms(work));
        let fewer = if units > means.start_ms { " Make fewer, larger ones." } else { "" };
        format!(
            "Even {name} takes {ready} to get ready and {unit} for each task beside its waiting and \
             computing, which are no more than {work} in all.{fewer}"
        )
    } else if cores > 1.0 && limit < WORTH && waiting < 0.1 {
        format!(
            "{} % of the computing is done under one lock: by Amdahl's law {cores} cores make it no \
             more than {limit:.2} times as fast. Share less.",
            of_hundred(job.shared)
        )
    } else if cores == 1.0 && job.wait_ms == 0 {
        "There is nothing to wait for, and no second core to compute on.".into()
    } else {
        let closest = alone_ms / rival.wall_ms;
        format!("{name} comes closest, {closest:.2} times as fast: {}.", Reason::of(job, rival))
    }
}

#[cfg(test)]
mod tests {
    use super::super::calibration::tests::easy;
    use super::super::ranking::predict;
    use super::*;

    const JOB: Job = Job::plain(5.0, 20, 100);

    fn decided(job: Job, cores: usize) -> String {
        verdict(&job, &predict(&job, &easy(cores)))
    }

    #[test]
    fn who_is_as_good_is_named_and_who_is_not_is_not() {
        let decided = decided(JOB, 2);
        let (first, others) = decided.split_once("As good, within 10 %: ").unwrap();
        assert!(first.starts_with("Take "), "{first}");
        assert!(
            first.contains("9.3 times as fast")
                && first.contains("the waiting overlaps; 2 cores share"),
            "{first}"
        );
        assert!(others.contains("threads") && !others.contains("sequential"), "{others}");
    }

    #[test]
    fn the_reason_is_true() {
        // A lock that hardly counts is no reason, and one core has no use for Amdahl's law.
        let lock = decided(Job { wait_ms: 0, shared: 0.01, ..JOB }, 1);
        assert!(lock.contains("no second core") && !lock.contains("Amdahl"), "{lock}");
        // A little waiting is not nothing.
        let little = decided(Job { wait_ms: 1, cpu_ms: 500.0, ..JOB }, 1);
        assert!(
            little.contains("comes closest") && !little.contains("nothing to wait"),
            "{little}"
        );
        let needs_more = decided(Job { memory: Some(5 << 20), ..JOB }, 2);
        assert!(needs_more.starts_with("Take "), "{needs_more}");
    }

    #[test]
    fn isolation_is_not_praised_for_speed_where_it_has_none() {
        let isolated = Job { isolation: true, ..JOB };
        let faster = decided(isolated, 2);
        assert!(faster.contains("The job takes 11 % of the time"), "{faster}");
        let chain = decided(Job { chain: true, ..isolated }, 2);
        assert!(chain.contains("takes as long as one task after another"), "{chain}");
        assert_eq!(beside_sequential(0.25), "4.0 times as long as one task after another");
    }

    #[test]
    fn the_demand_that_leaves_nobody_is_named() {
        let neither = decided(Job { shared: 0.1, isolation: true, ..JOB }, 2);
        assert!(
            neither.contains("No approach will do") && neither.contains("no state"),
            "{neither}"
        );
        let small = Job { memory: Some(3 << 20), ..JOB };
        let few = decided(small, 2);
        assert!(few.contains("needs 4.00 MiB where there are 3.00 MiB"), "{few}");
        let isolated = decided(Job { isolation: true, ..small }, 2);
        assert!(isolated.contains("those need 60.0 MiB"), "{isolated}");
    }

    #[test]
    fn it_is_said_when_nothing_helps() {
        let chain = decided(Job { chain: true, ..JOB }, 8);
        assert!(chain.starts_with("No approach helps") && chain.contains("the one before"));
        let one_core = decided(Job { wait_ms: 0, ..JOB }, 1);
        assert!(one_core.contains("no second core"), "{one_core}");
        let locked = decided(Job { wait_ms: 0, shared: 1.0, ..JOB }, 8);
        assert!(locked.contains("8 cores make it no more than 1.00 times"), "{locked}");
        let one = decided(Job { tasks: 1, ..JOB }, 8);
        assert!(one.contains("but one task"), "{one}");
        let mut costly = easy(2);
        costly.approaches.values_mut().for_each(|costs| costs.ask_ms = 1.0);
        let tiny = Job { cpu_ms: 0.01, wait_ms: 0, ..JOB };
        let tiny = verdict(&tiny, &predict(&tiny, &costly));
        assert!(tiny.contains("Make fewer, larger ones"), "{tiny}");
    }
}
