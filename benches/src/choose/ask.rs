//! The questions whose answers make a job, asked in a terminal.

use std::io::{self, BufRead, IsTerminal};

use super::numbers::{Numbers, cpu_ms, share, tasks, wait_ms};
use crate::Result;

/// Asks for what is missing, if there is somebody to ask. On standard error, so that the questions are
/// seen also by who sends the answer to a file.
///
/// # Errors
/// If the input ends before the answers do.
pub fn ask(numbers: &mut Numbers) -> Result {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Ok(());
    }
    // Who has given numbers on the command line has said there what else holds.
    let is_new = numbers.tasks.is_none();
    ask_number(&mut numbers.tasks, "How many tasks are there?", tasks)?;
    ask_number(&mut numbers.cpu_ms, "For how many ms does one compute, such as 0.5?", cpu_ms)?;
    let wait = "For how many whole ms does it wait, 0 if for nothing?";
    ask_number(&mut numbers.wait_ms, wait, wait_ms)?;
    if is_new {
        ask_flag(&mut numbers.chain, "Does each need the result of the one before?")?;
        ask_flag(&mut numbers.isolation, "Must a crash of one spare the others?")?;
        if numbers.wait_ms > Some(0) {
            ask_flag(&mut numbers.blocking_library, "Does the waiting block its thread?")?;
        }
        if numbers.cpu_ms > Some(0.0) {
            let lock = "Which part of the computing is under one lock (none, 10%)? [none]";
            let or_none = |typed: &str| share(if typed.is_empty() { "none" } else { typed });
            ask_number(&mut numbers.shared_state, lock, or_none)?;
        }
    }
    Ok(())
}

fn answer(question: &str) -> Result<String> {
    eprint!("{question} ");
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line)? {
        0 => Err("the answers ended before the questions".into()),
        _ => Ok(line.trim().to_lowercase()),
    }
}

fn ask_number<T>(
    number: &mut Option<T>,
    question: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result {
    while number.is_none() {
        match read(&answer(question)?) {
            Ok(given) => *number = Some(given),
            Err(why) => eprintln!("It {why}."),
        }
    }
    Ok(())
}

fn ask_flag(flag: &mut bool, question: &str) -> Result {
    while !*flag {
        match &answer(&format!("{question} [y/N]"))?[..] {
            "y" | "yes" => *flag = true,
            "" | "n" | "no" => break,
            _ => eprintln!("y or n, please."),
        }
    }
    Ok(())
}
