//! The questions that lead to a choice, answered from the numbers and the ranking.

use stage::printer::{Printer, Style};

use super::job::Job;
use super::model::Prediction;
use super::ranking::{AS_GOOD, WORTH, best};
use super::verdict::times;
use super::why::{self, Term};
use crate::report::numbers::{count, ms, of_hundred};

/// One question, what this job answers, and what follows.
pub type Step = (&'static str, String, String);

/// The walk through the questions, whose answers come from the ranking. It ends where nothing is left
/// to ask.
#[must_use]
pub fn walk(job: &Job, predictions: &[Prediction]) -> Vec<Step> {
    let mut steps = vec![split(job)];
    let Some((first, faster)) = best(predictions) else {
        steps.extend([isolation(job), shares(job)]);
        return steps;
    };
    let is_one = job.chain || job.tasks == 1;
    if !is_one {
        steps.push(waits(job, first));
    }
    if job.isolation || !is_one {
        steps.push(isolation(job));
    }
    if job.isolation || is_one {
        return steps;
    }
    // Where nothing helps, nobody need ask how many are to be done at once.
    if faster >= WORTH {
        steps.push(at_once(job, first, predictions));
        if job.wait_ms > 0 {
            steps.push(blocks(job));
        }
    }
    steps.push(shares(job));
    steps
}

fn split(job: &Job) -> Step {
    let hopeless = "Nothing makes it faster. Find a way to do less, or another way to cut it.";
    let (answer, follows) = match (job.chain, job.tasks) {
        (true, _) => ("no: each task needs the one before".into(), hopeless),
        (_, 1) => ("no: it is one task".into(), hopeless),
        (_, tasks) => (format!("yes: into {} tasks", count(tasks as f64)), "Go on."),
    };
    ("Can it be split at all?", answer, follows.into())
}

/// What takes longest where it goes best.
fn waits(job: &Job, first: &Prediction) -> Step {
    let (wait, cpu) = (ms(job.wait_ms as f64), ms(job.cpu_ms));
    let answer = match job.wait_ms {
        0 => format!("it computes, {cpu} a task"),
        _ if job.cpu_ms == 0.0 => format!("it waits, {wait} a task"),
        _ => format!("both, {wait} and {cpu} a task"),
    };
    let name = first.contestant.name;
    let overlaps = job.wait_ms > 0 && first.means.slots > 1.0;
    let lead = if overlaps { "The waiting overlaps, and the computing" } else { "The computing" };
    let follows = match (why::largest(job, first), first.means.cores) {
        (Term::Computing, 1.0) => {
            format!("{lead} takes longest, on one core in the best case ({name}).")
        }
        (Term::Computing, cores) => {
            format!("{lead} takes longest, on {cores} cores in the best case ({name}).")
        }
        (Term::Waiting, _) => {
            "The waiting takes longest, so what counts is how many wait at once, not how many cores \
             there are."
                .into()
        }
        (Term::Units, _) => format!(
            "But neither takes longest: in the best case ({name}), managing the tasks does."
        ),
        (Term::Start, _) => {
            format!("But neither takes longest: in the best case ({name}), getting ready does.")
        }
    };
    ("Does it wait, or compute?", answer, follows)
}

fn isolation(job: &Job) -> Step {
    let (answer, follows) = match job.isolation {
        true => ("yes", "Then only processes will do."),
        false => ("no", "Then one process is enough."),
    };
    ("Must a crash spare the others?", answer.into(), follows.into())
}

fn at_once(job: &Job, first: &Prediction, predictions: &[Prediction]) -> Step {
    let (name, memory) = (first.contestant.name, first.memory_mib);
    let threads = predictions.iter().find(|one| one.contestant.name == "threads");
    let follows = match threads {
        _ if name == "threads" => format!("A thread each is best, and takes {memory:.0} MiB."),
        None => format!("Best is {name}, which takes {memory:.0} MiB."),
        Some(threads) => match &threads.excluded {
            Some(why) => format!("A thread each won't do: {why}."),
            None if threads.wall_ms <= first.wall_ms * AS_GOOD => format!(
                "A thread each is as good, and takes {:.0} MiB where {name} takes {memory:.0}.",
                threads.memory_mib
            ),
            None => format!(
                "A thread each takes {} times as long as the best ({name}).",
                times(threads.wall_ms / first.wall_ms)
            ),
        },
    };
    ("How many at once?", format!("up to {}", count(job.tasks as f64)), follows)
}

fn blocks(job: &Job) -> Step {
    let (answer, follows) = match job.blocking_library {
        true => ("yes", "Then each wait holds a thread, and a loop can only hand it to one."),
        false => ("no", "Then one thread can wait for all: an event loop, or green threads."),
    };
    ("Does the library block?", answer.into(), follows.into())
}

fn shares(job: &Job) -> Step {
    let question = "Do they share state?";
    if job.shared == 0.0 {
        return (question, "no".into(), "Then no lock is in the way.".into());
    }
    let answer = format!("yes: {} % of the computing is under one lock", of_hundred(job.shared));
    let follows = match job.isolation {
        true => "But processes share none: one of the two demands must go.".into(),
        false => format!(
            "Then not processes; and on any number of cores, it computes no more than {} times as fast \
             (Amdahl's law).",
            times(1.0 / job.shared)
        ),
    };
    (question, answer, follows)
}

/// Shows the walk.
pub fn show(steps: &[Step], printer: &mut Printer) {
    for (number, (question, answer, follows)) in (1..).zip(steps) {
        let question = format!("{number}. {question}");
        if question.len() + 1 + answer.chars().count() <= printer.width() {
            printer.pieces(&[(Style::Heading, &format!("{question} ")), (Style::Plain, answer)]);
        } else {
            printer.pieces(&[(Style::Heading, &question)]);
            printer.paragraph("   ", answer);
        }
        printer.paragraph("   ", follows);
    }
    printer.line("");
}

#[cfg(test)]
mod tests {
    use super::super::calibration::tests::easy;
    use super::super::ranking::predict;
    use super::*;

    const JOB: Job = Job::plain(1.0, 100, 5_000);

    fn steps(job: &Job, cores: usize) -> Vec<Step> {
        walk(job, &predict(job, &easy(cores)))
    }

    fn follows(job: &Job, cores: usize) -> String {
        let steps = steps(job, cores);
        steps.iter().map(|(_, answer, follows)| format!("{answer} {follows} ")).collect()
    }

    #[test]
    fn what_cannot_be_split_is_asked_no_more() {
        for job in [Job { chain: true, ..JOB }, Job { tasks: 1, ..JOB }] {
            let steps = steps(&job, 2);
            assert!(steps.len() == 1 && steps[0].2.starts_with("Nothing makes"), "{steps:?}");
        }
    }

    #[test]
    fn the_answers_are_those_of_the_ranking() {
        // 5,000 × 1 ms are seconds of computing, though each task waits a hundred times as long.
        let plain = follows(&JOB, 2);
        assert!(
            plain.contains("The waiting overlaps, and the computing takes longest, on 2 cores"),
            "{plain}"
        );
        assert!(plain.contains("one thread can wait") && plain.contains("no lock"), "{plain}");
        let waiting = follows(&Job { cpu_ms: 0.01, ..JOB }, 2);
        assert!(waiting.contains("The waiting takes longest"), "{waiting}");
        let alone = follows(&Job { cpu_ms: 200.0, ..JOB }, 1);
        assert!(alone.contains("The waiting overlaps"), "{alone}");
        let computing = follows(&Job { wait_ms: 0, ..JOB }, 2);
        assert!(computing.contains("The computing takes longest, on 2 cores"), "{computing}");
        assert!(!computing.contains("library"), "there is no call that could block: {computing}");
        let many = follows(&Job { tasks: 20_000, ..JOB }, 2);
        assert!(many.contains("A thread each won't do"), "{many}");
        let blocking = follows(&Job { blocking_library: true, ..JOB }, 2);
        assert!(blocking.contains("each wait holds a thread"), "{blocking}");
        let locked = follows(&Job { shared: 0.25, ..JOB }, 2);
        assert!(
            locked.contains("25 % of the computing") && locked.contains("4.0 times"),
            "{locked}"
        );
    }

    #[test]
    fn where_nothing_helps_nobody_asks_how_many_at_once() {
        let locked = Job { shared: 1.0, wait_ms: 0, ..JOB };
        let questions: Vec<_> = steps(&locked, 2).iter().map(|step| step.0).collect();
        assert_eq!(questions.len(), 4, "{questions:?}");
        assert_eq!(questions[3], "Do they share state?");
    }

    #[test]
    fn nobody_is_recommended_who_will_not_do() {
        let isolated = follows(&Job { isolation: true, ..JOB }, 2);
        assert!(isolated.contains("only processes") && !isolated.contains("loop"), "{isolated}");
        let neither = follows(&Job { isolation: true, shared: 0.25, ..JOB }, 2);
        assert!(neither.contains("one of the two demands must go"), "{neither}");
    }
}
