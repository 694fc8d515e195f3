//! Why an approach takes what it takes: said of the term that is the largest.

use std::fmt;

use super::job::Job;
use super::model::Prediction;
use crate::report::numbers::{count, ms};

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

/// How many times it begins as many tasks as it can.
#[must_use]
pub fn rounds(job: &Job, prediction: &Prediction) -> f64 {
    (job.tasks as f64 / prediction.means.slots).ceil()
}

/// Why an approach takes what it takes. Where several have the same reason, they may differ in its
/// figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// In words.
    pub what: String,
    /// How much of it there is, if that differs from one to another.
    pub figure: Option<String>,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.figure {
            Some(figure) => write!(f, "{}: {figure}", self.what),
            None => write!(f, "{}", self.what),
        }
    }
}

impl Reason {
    /// Of this approach, for this job.
    #[must_use]
    pub fn of(job: &Job, prediction: &Prediction) -> Reason {
        if let Some(why) = &prediction.excluded {
            return Reason { what: format!("won't do: {why}"), figure: None };
        }
        if job.chain {
            return Reason { what: "one task after another, whoever does it".into(), figure: None };
        }
        let means = &prediction.means;
        match largest(job, prediction) {
            Term::Waiting => waiting(job, prediction),
            Term::Computing => Reason { what: computing(job, prediction), figure: None },
            Term::Units => units(job, means.unit_ms),
            Term::Start => Reason {
                what: "the largest part is to get ready".into(),
                figure: Some(ms(means.start_ms)),
            },
        }
    }
}

fn waiting(job: &Job, prediction: &Prediction) -> Reason {
    let means = &prediction.means;
    let (slots, rounds, wait) = (means.slots, rounds(job, prediction), ms(means.wait_ms));
    let (what, figure) = match job.tasks {
        1 if job.cpu_ms > 0.0 => ("the largest part is its one wait".into(), wait),
        1 => ("it is one wait".into(), wait),
        _ if slots == 1.0 => {
            ("one waits at a time".into(), format!("{} waits of {wait}", count(rounds)))
        }
        _ if rounds > 1.0 => (
            format!("no more than {} wait at once", count(slots)),
            format!("{} rounds of {wait}", count(rounds)),
        ),
        _ => ("all wait at once, so all waiting takes no longer than one wait".into(), wait),
    };
    Reason { what, figure: Some(figure) }
}

fn units(job: &Job, unit_ms: f64) -> Reason {
    let (task, each, times) = match job.tasks {
        1 => ("the task", "", String::new()),
        tasks => ("a task", " each", format!(", {} times", count(tasks as f64))),
    };
    let what = format!("the largest part is what {task} costs beside waiting and computing{times}");
    Reason { what, figure: Some(format!("{}{each}", ms(unit_ms))) }
}

fn computing(job: &Job, prediction: &Prediction) -> String {
    let means = &prediction.means;
    let (all, speed) = (ms(job.computing_ms()), means.speed);
    if means.cores > 1.0 {
        // The lock is in the speed already.
        let lock = if job.shared > 0.0 { ", waits for the lock included" } else { "" };
        let cores = means.cores;
        return format!(
            "{cores} cores share {all} of computing, {speed:.2} times as fast as one{lock}"
        );
    }
    let overlaps = job.wait_ms > 0 && means.slots > 1.0 && job.tasks > 1;
    let waits = if overlaps { ", however many wait" } else { "" };
    format!("one core has {all} to compute{waits}")
}

#[cfg(test)]
mod tests {
    use super::super::calibration::tests::easy;
    use super::super::ranking::predict;
    use super::*;

    const JOB: Job = Job::plain(5.0, 20, 100);

    fn said(job: Job, cores: usize, name: &str) -> String {
        let all = predict(&job, &easy(cores));
        let one = all.iter().find(|one| one.contestant.name == name).unwrap();
        Reason::of(&job, one).to_string()
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
        let one = said(Job { tasks: 1, cpu_ms: 0.0, ..JOB }, 2, "tokio");
        assert_eq!(one, "it is one wait: 20.0 ms");
        let most = said(Job { tasks: 1, ..JOB }, 2, "tokio");
        assert_eq!(most, "the largest part is its one wait: 20.0 ms");
        let locked = said(Job { wait_ms: 0, shared: 1.0, ..JOB }, 2, "rayon");
        assert!(
            locked.ends_with("1.00 times as fast as one, waits for the lock included"),
            "{locked}"
        );
        let mut costly = easy(2);
        costly.approaches.values_mut().for_each(|costs| costs.ask_ms = 4.0);
        let waiting = Job { cpu_ms: 0.0, wait_ms: 1, ..JOB };
        let unit = predict(&waiting, &costly);
        let tokio = unit.iter().find(|one| one.contestant.name == "tokio").unwrap();
        let said = Reason::of(&waiting, tokio).to_string();
        let costs = "the largest part is what a task costs beside waiting and computing";
        assert_eq!(said, format!("{costs}, 100 times: 4.00 ms each"));
    }
}
