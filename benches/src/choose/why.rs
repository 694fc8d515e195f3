//! Why an approach takes what it takes: said of the term that is the largest.

use stage::human;

use super::job::Job;
use super::model::{Prediction, WORTH, best, capacity};
use crate::contestant::SEQUENTIAL;

/// A number of milliseconds, in a unit that suits.
#[must_use]
pub fn ms(ms: f64) -> String {
    human(std::time::Duration::from_secs_f64(ms.max(0.0) / 1e3))
}

/// A share as a percentage, with no more digits than it needs.
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{} %", (share * 1e6).round() / 1e4)
}

/// What takes longest, of what an approach spends its time on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// Tasks wait, as many at once as it can.
    Waiting,
    /// Tasks compute, on as many cores as it can.
    Computing,
    /// What tasks cost beside waiting and computing: to begin and end them, and to be woken.
    Units,
    /// It gets ready.
    Start,
}

/// Which of the terms is the largest: what to change if it should be faster.
#[must_use]
pub fn largest(job: &Job, prediction: &Prediction) -> Term {
    let means = &prediction.means;
    // How long each would take alone.
    let terms = [
        (Term::Waiting, rounds(job, prediction) * means.wait_ms),
        (Term::Computing, job.computing_ms() / means.speed),
        (Term::Units, job.tasks as f64 * means.unit_ms),
        (Term::Start, means.start_ms),
    ];
    let first = (Term::Waiting, f64::NEG_INFINITY);
    terms.into_iter().fold(first, |most, term| if term.1 > most.1 { term } else { most }).0
}

fn rounds(job: &Job, prediction: &Prediction) -> f64 {
    (job.tasks as f64 / prediction.means.slots).ceil()
}

/// One sentence on one approach.
#[must_use]
pub fn sentence(job: &Job, prediction: &Prediction) -> String {
    if let Some(why) = &prediction.excluded {
        return format!("won't do: {why}");
    }
    let means = &prediction.means;
    let (wait, rounds) = (ms(means.wait_ms), rounds(job, prediction));
    if job.chain {
        let each = ms(means.wait_ms + job.cpu_ms);
        return format!("one after another, {each} each, whoever does it");
    }
    match largest(job, prediction) {
        Term::Waiting if job.tasks == 1 => format!("it is one wait of {wait}"),
        Term::Waiting if means.slots == 1.0 => {
            format!("one waits at a time: {rounds} waits of {wait}")
        }
        Term::Waiting if rounds > 1.0 => {
            format!("no more than {} wait at once: {rounds} rounds of {wait}", means.slots)
        }
        Term::Waiting => format!("all wait at once, so it is one wait of {wait}"),
        Term::Computing if means.cores > 1.0 => {
            let (cores, all) = (means.cores, ms(job.computing_ms()));
            let lock = if job.shared > 0.0 { ", less what they wait for the lock" } else { "" };
            let faster = means.speed;
            format!(
                "{cores} cores share {all} of computing, {faster:.2} times as fast as one{lock}"
            )
        }
        Term::Computing => {
            let overlaps = job.wait_ms > 0 && means.slots > 1.0 && job.tasks > 1;
            let waits = if overlaps { ", however many wait" } else { "" };
            format!("one core has {} to compute{waits}", ms(job.computing_ms()))
        }
        Term::Units if job.tasks == 1 => {
            format!(
                "most of it is what the task costs beside waiting and computing: {}",
                ms(means.unit_ms)
            )
        }
        Term::Units => {
            format!(
                "most of it is what a task costs beside waiting and computing: {} each, {} times",
                ms(means.unit_ms),
                job.tasks
            )
        }
        Term::Start => format!("most of it is to get ready: {}", ms(means.start_ms)),
    }
}

/// What to take, or that nothing helps and why not.
#[must_use]
pub fn verdict(job: &Job, predictions: &[Prediction]) -> String {
    let Some((first, faster)) = best(predictions) else {
        return "No approach will do: give way on one of the demands.".into();
    };
    let name = first.contestant.name;
    if job.isolation {
        let times = format!("{faster:.1} times as fast as one task after another");
        return format!("Take {name}: only there a crash spares the others. It is {times}.");
    }
    if faster >= WORTH {
        return format!("Take {name}: {faster:.1} times as fast as one task after another.");
    }
    format!("No approach helps: do one task after another. {}", hopeless(job, predictions))
}

/// Why even the best is no faster.
fn hopeless(job: &Job, predictions: &[Prediction]) -> String {
    if job.chain {
        return "Each task needs the result of the one before, so there is never a second one to do."
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
    let Some(rival) = others().filter(|one| one.excluded.is_none()).min_by(fastest) else {
        return "Nothing else will do.".into();
    };
    let (name, means) = (rival.contestant.name, &rival.means);
    let cores = others().map(|one| one.means.cores).fold(1.0, f64::max);
    let limit = capacity(cores, job.shared, 0.0);
    let units = job.tasks as f64 * means.unit_ms;
    let work = job.tasks as f64 * (job.cpu_ms + job.wait_ms as f64);
    let waiting = job.wait_ms as f64 / (job.cpu_ms + job.wait_ms as f64);
    if units + means.start_ms > work / 2.0 {
        let (ready, unit, work) = (ms(means.start_ms), ms(means.unit_ms), ms(work));
        let fewer = if units > means.start_ms { " Make fewer, larger ones." } else { "" };
        format!(
            "Even {name} takes {ready} to get ready and {unit} for each task beside its waiting and \
             computing, which are no more than {work}.{fewer}"
        )
    } else if cores > 1.0 && limit < WORTH && waiting < 0.1 {
        format!(
            "{} of the computing is done under one lock: by Amdahl's law {cores} cores make it no \
             more than {limit:.2} times as fast. Share less.",
            percent(job.shared)
        )
    } else if cores == 1.0 && job.wait_ms == 0 {
        "There is nothing to wait for, and no second core to compute on.".into()
    } else {
        let closest = alone_ms / rival.wall_ms;
        format!("{name} comes closest, {closest:.2} times as fast: {}.", sentence(job, rival))
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
        assert_eq!(sequential, "one waits at a time: 100 waits of 20.0 ms");
        let tokio = said(JOB, 2, "tokio");
        assert_eq!(tokio, "one core has 500 ms to compute, however many wait");
        assert!(said(JOB, 2, "threads").starts_with("2 cores share 500 ms of computing"));
        let waiting = Job { cpu_ms: 0.0, ..JOB };
        assert!(said(waiting, 2, "tokio").starts_with("all wait at once"));
        let alone = said(Job { isolation: true, ..JOB }, 2, "tokio");
        assert_eq!(alone, "won't do: a crash ends its process, and with it all tasks");
    }

    #[test]
    fn what_is_said_is_true() {
        assert_eq!((percent(0.07), percent(0.000_1)), ("7 %".into(), "0.01 %".into()));
        let one = said(Job { tasks: 1, cpu_ms: 0.0, ..JOB }, 2, "tokio");
        assert_eq!(one, "it is one wait of 20.0 ms");
        // A lock that hardly counts is no reason, and one core has no use for Amdahl's law.
        let lock = decided(Job { wait_ms: 0, shared: 0.01, ..JOB }, 1);
        assert!(lock.contains("no second core") && !lock.contains("Amdahl"), "{lock}");
        // A little waiting is not nothing.
        let little = decided(Job { wait_ms: 1, cpu_ms: 500.0, ..JOB }, 1);
        assert!(
            little.contains("comes closest") && !little.contains("nothing to wait"),
            "{little}"
        );
        let mut costly = easy(2);
        costly.approaches.values_mut().for_each(|costs| costs.ask_ms = 4.0);
        let waiting = Job { cpu_ms: 0.0, wait_ms: 1, ..JOB };
        let unit = predict(&waiting, &costly);
        let tokio = unit.iter().find(|one| one.contestant.name == "tokio").unwrap();
        let said = sentence(&waiting, tokio);
        let costs = "most of it is what a task costs beside waiting and computing: 4.00 ms each";
        assert_eq!(said, format!("{costs}, 100 times"));
        let needs_more = decided(Job { memory: Some(5 << 20), shared: 0.0, tasks: 100, ..JOB }, 2);
        assert!(needs_more.starts_with("Take "), "{needs_more}");
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
        let neither = Job { shared: 0.1, isolation: true, ..JOB };
        assert!(decided(neither, 2).starts_with("No approach will do"));
        assert!(decided(JOB, 2).starts_with("Take "));
    }
}
