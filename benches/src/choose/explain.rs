//! The questions that lead to a choice, asked in a terminal or answered from the numbers.

use std::io::{self, BufRead, IsTerminal, Write};

use stage::printer::{Printer, Style};

use super::job::{Job, Numbers, share};
use super::model::{Prediction, best};
use super::why::{self, Term, ms, percent};
use crate::Result;

/// Asks for what is missing, if there is somebody to ask.
///
/// # Errors
/// If the input ends before the answers do.
pub fn ask(numbers: &mut Numbers) -> Result {
    if !io::stdin().is_terminal() {
        return Ok(());
    }
    let missing = numbers.tasks.is_none();
    ask_number(&mut numbers.tasks, "How many tasks are there?", "A whole number, please.")?;
    let compute = "For how many ms does one compute, such as 0.5?";
    ask_number(&mut numbers.cpu_ms, compute, "A number, please.")?;
    let wait = "For how many whole ms does it wait, 0 if for nothing?";
    ask_number(&mut numbers.wait_ms, wait, "A whole number, please.")?;
    if missing {
        ask_flag(&mut numbers.chain, "Does each need the result of the one before?")?;
        ask_flag(&mut numbers.isolation, "Must a crash of one spare the others?")?;
        if numbers.wait_ms > Some(0) {
            ask_flag(&mut numbers.blocking_library, "Does the waiting block its thread?")?;
        }
        if numbers.cpu_ms > Some(0.0) {
            ask_share(&mut numbers.shared_state)?;
        }
    }
    Ok(())
}

fn answer(question: &str) -> Result<String> {
    print!("{question} ");
    io::stdout().flush()?;
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line)? {
        0 => Err("the answers ended before the questions".into()),
        _ => Ok(line.trim().to_lowercase()),
    }
}

fn ask_number<T: std::str::FromStr>(number: &mut Option<T>, question: &str, right: &str) -> Result {
    while number.is_none() {
        *number = answer(question)?.parse().ok();
        if number.is_none() {
            println!("{right}");
        }
    }
    Ok(())
}

fn ask_flag(flag: &mut bool, question: &str) -> Result {
    while !*flag {
        match &answer(&format!("{question} [y/N]"))?[..] {
            "y" | "yes" => *flag = true,
            "" | "n" | "no" => break,
            _ => println!("y or n, please."),
        }
    }
    Ok(())
}

fn ask_share(shared: &mut Option<f64>) -> Result {
    while shared.is_none() {
        match &answer("Which part of the computing is under one lock (none, 10%)? [none]")?[..] {
            "" => *shared = Some(0.0),
            typed => match share(typed) {
                Ok(part) => *shared = Some(part),
                Err(why) => println!("{why}."),
            },
        }
    }
    Ok(())
}

/// One question, what this job answers, and what follows.
pub type Step = (&'static str, String, String);

/// A second choice is as good if it takes no longer than this many times the first.
const AS_GOOD: f64 = 1.1;

/// The walk through the questions, whose answers come from the ranking. It ends where nothing is left
/// to ask.
#[must_use]
pub fn walk(job: &Job, predictions: &[Prediction]) -> Vec<Step> {
    let mut steps = vec![split(job)];
    let Some((first, _)) = best(predictions) else {
        steps.extend([isolation(job), shares(job)]);
        return steps;
    };
    if job.chain || job.tasks == 1 {
        return steps;
    }
    steps.extend([waits(job, first), isolation(job)]);
    if job.isolation {
        return steps;
    }
    steps.push(at_once(job, first, predictions));
    if job.wait_ms > 0 {
        let (answer, follows) = match job.blocking_library {
            true => ("yes", "Then each wait holds a thread, and a loop only hands them out."),
            false => ("no", "Then one thread can wait for all: an event loop, or green threads."),
        };
        steps.push(("Does the library block?", answer.into(), follows.into()));
    }
    steps.push(shares(job));
    steps
}

fn split(job: &Job) -> Step {
    let hopeless = "Nothing makes it faster. Find a way to do less, or another way to cut it.";
    let (answer, follows) = match (job.chain, job.tasks) {
        (true, _) => ("no: each task needs the one before".into(), hopeless),
        (_, 1) => ("no: it is one task".into(), hopeless),
        (_, tasks) => (format!("yes: into {tasks} tasks"), "Go on."),
    };
    ("Can it be split at all?", answer, follows.into())
}

/// What takes longest where it goes best.
fn waits(job: &Job, first: &Prediction) -> Step {
    let (wait, cpu) = (job.wait_ms as f64, job.cpu_ms);
    let answer = format!("{} of waiting to {} of computing a task", ms(wait), ms(cpu));
    let name = first.contestant.name;
    let overlaps = job.wait_ms > 0 && first.means.slots > 1.0;
    let lead =
        if overlaps { "The waiting overlaps; what is left is computing" } else { "It computes" };
    let follows = match (why::largest(job, first), first.means.cores) {
        (Term::Computing, 1.0) => format!("{lead}, on one core in the best case ({name})."),
        (Term::Computing, cores) => format!("{lead}: on {cores} cores in the best case ({name})."),
        (Term::Waiting, _) => {
            "The waiting decides: how many wait at once, rather than how many cores there are."
                .into()
        }
        (Term::Units | Term::Start, _) => {
            format!("Neither for long: {name} takes longer to get ready and to manage the tasks.")
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
    let question = "How many at once?";
    let answer = format!("up to {}", job.tasks);
    let (name, memory) = (first.contestant.name, first.memory_mib);
    let threads = predictions.iter().find(|one| one.contestant.name == "threads");
    let follows = match threads {
        _ if name == "threads" => format!("A thread each is best, and takes {memory:.0} MiB."),
        None => format!("Best is {name}, which takes {memory:.0} MiB."),
        Some(threads) => match &threads.excluded {
            Some(why) => format!("A thread each won't do: {why}."),
            None if threads.wall_ms <= first.wall_ms * AS_GOOD => format!(
                "A thread each does, and takes {:.0} MiB; {name} does with {memory:.0}.",
                threads.memory_mib
            ),
            None => format!(
                "A thread each takes {:.1} times as long as {name}, which is best.",
                threads.wall_ms / first.wall_ms
            ),
        },
    };
    (question, answer, follows)
}

fn shares(job: &Job) -> Step {
    let question = "Do they share state?";
    if job.shared == 0.0 {
        return (question, "no".into(), "Then no lock is in the way.".into());
    }
    let (share, limit) = (percent(job.shared), 1.0 / job.shared);
    let answer = format!("yes: {share} of the computing is under one lock");
    let follows = match job.isolation {
        true => "But processes share none: one of the two demands must go.".into(),
        false => format!(
            "Then not processes; and on any number of cores, it computes no more than {limit:.1} times \
             as fast (Amdahl's law)."
        ),
    };
    (question, answer, follows)
}

/// Shows the walk.
pub fn show(steps: &[Step], printer: &mut Printer) {
    for (number, (question, answer, follows)) in (1..).zip(steps) {
        printer
            .pieces(&[(Style::Heading, &format!("{number}. {question} ")), (Style::Plain, answer)]);
        printer.paragraph("   ", follows);
    }
    printer.line("");
}

#[cfg(test)]
mod tests {
    use super::super::calibration::tests::easy;
    use super::super::model::predict;
    use super::*;

    const JOB: Job = Job {
        cpu_ms: 1.0,
        wait_ms: 100,
        tasks: 5_000,
        memory: None,
        shared: 0.0,
        isolation: false,
        blocking_library: false,
        chain: false,
    };

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
        assert!(plain.contains("what is left is computing: on 2 cores"), "{plain}");
        assert!(plain.contains("one thread can wait") && plain.contains("no lock"), "{plain}");
        let waiting = follows(&Job { cpu_ms: 0.01, ..JOB }, 2);
        assert!(waiting.contains("The waiting decides"), "{waiting}");
        let alone = follows(&Job { cpu_ms: 200.0, ..JOB }, 1);
        assert!(alone.contains("The waiting overlaps"), "{alone}");
        let computing = follows(&Job { wait_ms: 0, ..JOB }, 2);
        assert!(computing.contains("It computes: on 2 cores"), "{computing}");
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
    fn nobody_is_recommended_who_will_not_do() {
        let isolated = follows(&Job { isolation: true, ..JOB }, 2);
        assert!(isolated.contains("only processes") && !isolated.contains("loop"), "{isolated}");
        let neither = follows(&Job { isolation: true, shared: 0.25, ..JOB }, 2);
        assert!(neither.contains("one of the two demands must go"), "{neither}");
    }
}
