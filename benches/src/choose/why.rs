//! Why an approach takes what it takes: said of the term that is the largest.

use stage::human;

use super::job::Job;
use super::model::{Prediction, WORTH, best};

/// A number of milliseconds, in a unit that suits.
#[must_use]
pub fn ms(ms: f64) -> String {
    human(std::time::Duration::from_secs_f64(ms.max(0.0) / 1e3))
}

/// One sentence on one approach.
#[must_use]
pub fn sentence(job: &Job, prediction: &Prediction) -> String {
    if let Some(why) = &prediction.excluded {
        return format!("won't do: {why}");
    }
    let means = &prediction.means;
    let tasks = job.tasks as f64;
    if job.chain {
        let each = ms(means.wait_ms + job.cpu_ms);
        return format!("one after another, {each} each, whoever does it");
    }
    let rounds = (tasks / means.slots).ceil();
    // How long each would take alone. The largest is what to change if it should be faster.
    let waiting = rounds * means.wait_ms;
    let computing = job.computing_ms() / means.speed;
    let units = tasks * means.unit_ms;
    let largest = [waiting, computing, units, means.start_ms].into_iter().fold(0.0, f64::max);
    if largest == waiting && rounds > 1.0 {
        let slots = means.slots;
        format!("no more than {slots} wait at once: {rounds} rounds of {}", ms(means.wait_ms))
    } else if largest == waiting {
        format!("all wait at once, so it is one wait of {}", ms(means.wait_ms))
    } else if largest == computing && means.cores > 1.0 {
        let (cores, all) = (means.cores, ms(job.computing_ms()));
        let lock = if job.shared > 0.0 { ", less what they wait for the lock" } else { "" };
        let faster = means.speed;
        format!("{cores} cores share {all} of computing, {faster:.2} times as fast as one{lock}")
    } else if largest == computing {
        let waits = if job.wait_ms > 0 { ", however many wait" } else { "" };
        format!("one core has {} to compute{waits}", ms(job.computing_ms()))
    } else if largest == units {
        let unit = ms(means.unit_ms);
        format!("to hand out a task costs more than the task: {unit}, {tasks} times")
    } else {
        format!("most of it is the start of its threads or processes: {}", ms(means.start_ms))
    }
}

/// What to take, or that nothing helps and why not.
#[must_use]
pub fn verdict(job: &Job, predictions: &[Prediction]) -> String {
    let Some((first, faster)) = best(predictions) else {
        return "No approach will do: give way on one of the demands.".into();
    };
    let name = first.contestant.name;
    if faster >= WORTH || job.isolation {
        let times = format!("{faster:.1} times as fast as one task after another");
        return match job.isolation {
            true => format!("Take {name}: only there a crash spares the others. It is {times}."),
            false => format!("Take {name}: {times}."),
        };
    }
    format!("No approach helps: do one task after another. {}", hopeless(job, first))
}

/// Why even the best is no faster.
fn hopeless(job: &Job, first: &Prediction) -> String {
    let computing = job.computing_ms();
    if job.chain {
        "Each task needs the result of the one before, so there is never a second one to do.".into()
    } else if job.tasks == 1 {
        "There is but one task; split it first, if it can be.".into()
    } else if job.tasks as f64 * first.means.unit_ms + first.means.start_ms > computing
        && job.cpu_ms > 0.0
    {
        let unit = ms(first.means.unit_ms);
        let cpu = ms(job.cpu_ms);
        format!("A task computes for {cpu}; to hand it out costs {unit}. Make fewer, larger ones.")
    } else if job.shared > 0.0 {
        let limit = 1.0 / job.shared;
        format!(
            "{} % of the computing is done under one lock: by Amdahl's law no number of cores makes \
             it more than {limit:.1} times as fast. Share less.",
            job.shared * 100.0
        )
    } else {
        "There is nothing to wait for, and no second core to compute on.".into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::calibration::tests::easy;
    use super::super::model::predict;
    use super::*;

    const JOB: Job = Job {
        cpu_ms: 5.0,
        wait_ms: 20,
        tasks: 100,
        memory: None,
        shared: 0.0,
        isolation: false,
        blocking_library: false,
        chain: false,
    };

    fn said(job: Job, cores: usize, name: &str) -> String {
        let all = predict(&job, &easy(cores));
        sentence(&job, all.iter().find(|one| one.contestant.name == name).unwrap())
    }

    fn decided(job: Job, cores: usize) -> String {
        verdict(&job, &predict(&job, &easy(cores)))
    }

    #[test]
    fn the_reason_is_the_largest_term() {
        let sequential = said(JOB, 2, "sequential");
        assert_eq!(sequential, "no more than 1 wait at once: 100 rounds of 20.0 ms");
        let tokio = said(JOB, 2, "tokio");
        assert_eq!(tokio, "one core has 500 ms to compute, however many wait");
        assert!(said(JOB, 2, "threads").starts_with("2 cores share 500 ms of computing"));
        let waiting = Job { cpu_ms: 0.0, ..JOB };
        assert!(said(waiting, 2, "tokio").starts_with("all wait at once"));
        let alone = said(Job { isolation: true, ..JOB }, 2, "tokio");
        assert_eq!(alone, "won't do: a crash ends its process, and with it all tasks");
    }

    #[test]
    fn it_is_said_when_nothing_helps() {
        let chain = decided(Job { chain: true, ..JOB }, 8);
        assert!(chain.starts_with("No approach helps") && chain.contains("the one before"));
        let one_core = decided(Job { wait_ms: 0, ..JOB }, 1);
        assert!(one_core.contains("no second core"), "{one_core}");
        let locked = decided(Job { wait_ms: 0, shared: 1.0, ..JOB }, 8);
        assert!(locked.contains("no number of cores"), "{locked}");
        let one = decided(Job { tasks: 1, ..JOB }, 8);
        assert!(one.contains("but one task"), "{one}");
        let mut costly = easy(2);
        costly.approaches.values_mut().for_each(|costs| costs.ask_ms = 1.0);
        let tiny = Job { cpu_ms: 0.01, wait_ms: 0, ..JOB };
        let tiny = verdict(&tiny, &predict(&tiny, &costly));
        assert!(tiny.contains("Make fewer, larger ones"), "{tiny}");
        let neither = Job { shared: 0.1, isolation: true, ..JOB };
        assert!(decided(neither, 2).starts_with("No approach will do"));
        assert!(decided(JOB, 2).starts_with("Take "));
    }
}
