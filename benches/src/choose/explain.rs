//! The questions that lead to a choice, asked in a terminal or answered from the numbers.

use std::io::{self, BufRead, IsTerminal, Write};

use stage::printer::{Printer, Style};

use super::job::{Job, Numbers};
use super::why::ms;
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
    ask_number(&mut numbers.tasks, "How many tasks are there?")?;
    ask_number(&mut numbers.cpu_ms, "For how many ms does one compute (0.5)?")?;
    ask_number(&mut numbers.wait_ms, "For how many whole ms does it wait (0 if for nothing)?")?;
    if missing {
        ask_flag(&mut numbers.chain, "Does each need the result of the one before?")?;
        ask_flag(&mut numbers.isolation, "Must a crash of one spare the others?")?;
        ask_flag(&mut numbers.blocking_library, "Does the waiting block its thread?")?;
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

fn ask_number<T: std::str::FromStr>(number: &mut Option<T>, question: &str) -> Result {
    while number.is_none() {
        *number = answer(question)?.parse().ok();
        if number.is_none() {
            println!("A number, please.");
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

/// One question, what this job answers, and what follows.
pub type Step = (&'static str, String, &'static str);

/// The walk through the questions. It ends where nothing is left to ask.
#[must_use]
pub fn walk(job: &Job, cores: usize) -> Vec<Step> {
    let mut steps = Vec::new();
    let can = match (job.chain, job.tasks) {
        (true, _) => "no: each task needs the one before",
        (_, 1) => "no: it is one task",
        _ => "yes",
    };
    if can != "yes" {
        let follows = "Nothing helps. Find a way to do less, or another way to cut it.";
        steps.push(("Can it be split at all?", can.into(), follows));
        return steps;
    }
    steps.push(("Can it be split at all?", format!("yes: into {} tasks", job.tasks), "Go on."));
    steps.push(waits(job, cores));
    steps.push(at_once(job));
    steps.push(match job.isolation {
        true => ("Must a crash spare the others?", "yes".into(), "Then only processes will do."),
        false => ("Must a crash spare the others?", "no".into(), "Then one process is enough."),
    });
    if job.wait_ms > 0 {
        steps.push(match job.blocking_library {
            true => (
                "Does the library block?",
                "yes".into(),
                "Then each wait holds a thread, and a loop only hands them out: threads, or a pool.",
            ),
            false => (
                "Does the library block?",
                "no".into(),
                "Then one thread can wait for all: an event loop, or green threads.",
            ),
        });
    }
    steps.push(shares(job));
    steps
}

fn waits(job: &Job, cores: usize) -> Step {
    let question = "Does it wait, or compute?";
    let (wait, cpu) = (job.wait_ms as f64, job.cpu_ms);
    let answer = format!("{} of waiting to {} of computing a task", ms(wait), ms(cpu));
    let follows = match (wait / cpu, cores) {
        (ratio, 1) if ratio < 1.0 => {
            "It computes, and there is one core: nothing makes that faster."
        }
        (ratio, _) if ratio < 1.0 => {
            "It computes: as many threads or processes as cores, and no more."
        }
        (ratio, _) if ratio > 20.0 => "It waits: cores don't matter, only how many wait at once.",
        _ => "Both: many at once for the waiting, and all cores for the computing.",
    };
    (question, answer, follows)
}

fn at_once(job: &Job) -> Step {
    let follows = match job.tasks {
        _ if job.wait_ms == 0 => "None of them waits, so as many at once as there are cores.",
        ..65 => "So few can have a thread each.",
        65..2_001 => "A thread each takes memory, and still works; tasks on a loop take less.",
        _ => "Too many for threads: tasks on an event loop, or green threads.",
    };
    ("How many at once?", format!("up to {}", job.tasks), follows)
}

fn shares(job: &Job) -> Step {
    let question = "Do they share state?";
    match job.shared {
        0.0 => (question, "no".into(), "Then no lock is in the way."),
        share => {
            let limit = format!(
                "yes: {} % under one lock, so at most {:.1} times as fast",
                share * 100.0,
                1.0 / share
            );
            (question, limit, "Then threads rather than processes; and share less, if it can be.")
        }
    }
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

    fn follows(job: &Job) -> String {
        walk(job, 2).iter().map(|(_, answer, follows)| format!("{answer} {follows} ")).collect()
    }

    #[test]
    fn what_cannot_be_split_is_asked_no_more() {
        for job in [Job { chain: true, ..JOB }, Job { tasks: 1, ..JOB }] {
            let steps = walk(&job, 2);
            assert!(steps.len() == 1 && steps[0].2.starts_with("Nothing helps"), "{steps:?}");
        }
    }

    #[test]
    fn the_answers_lead_to_what_the_book_says() {
        let plain = follows(&JOB);
        assert!(plain.contains("cores don't matter") && plain.contains("one thread can wait"));
        assert!(plain.contains("Too many for threads") && plain.contains("no lock"));
        let computing = follows(&Job { wait_ms: 0, ..JOB });
        assert!(computing.contains("as cores, and no more"), "{computing}");
        assert!(!computing.contains("library"), "there is no call that could block: {computing}");
        let blocking = follows(&Job { blocking_library: true, ..JOB });
        assert!(blocking.contains("threads, or a pool"), "{blocking}");
        let demanding = follows(&Job { isolation: true, shared: 0.25, ..JOB });
        assert!(demanding.contains("only processes") && demanding.contains("at most 4.0 times"));
    }
}
