//! What to do about locks that can't say no: parking_lot's deadlock detector.
//!
//! ```text
//! cargo run -p threading-demo --example deadlock_detector
//! ```
//!
//! Two threads deadlock, every time; a third asks now and then whether anybody does, and is told
//! which threads those are and where each of them stands. That is all that can be done for them:
//! a thread that waits in `lock()` can't be called back, so the two stay where they are until
//! the process ends. It ends by itself, because nobody joins them.

use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, deadlock};

const FILE: &str = "deadlock_detector.rs";

/// In production some seconds: a check locks the table in which all waiting threads are.
const BETWEEN_CHECKS: Duration = Duration::from_millis(20);

/// When to give up; by then something other than a deadlock is wrong.
const AT_MOST: Duration = Duration::from_secs(30);

#[derive(Default)]
struct Bank {
    savings: Mutex<i64>,
    current: Mutex<i64>,
}

fn save(bank: &Bank, both_hold_one: &Barrier) {
    let mut current = bank.current.lock();
    both_hold_one.wait();
    let mut savings = bank.savings.lock();
    *current -= 10;
    *savings += 10;
}

fn spend(bank: &Bank, both_hold_one: &Barrier) {
    let mut savings = bank.savings.lock();
    both_hold_one.wait();
    let mut current = bank.current.lock();
    *savings -= 10;
    *current += 10;
}

fn main() -> ExitCode {
    let (bank, both_hold_one) = (Arc::new(Bank::default()), Arc::new(Barrier::new(2)));
    let start = |name: &str, transfer: fn(&Bank, &Barrier)| {
        let (bank, both_hold_one) = (Arc::clone(&bank), Arc::clone(&both_hold_one));
        let thread = thread::Builder::new().name(name.to_owned());
        let thread = thread.spawn(move || transfer(&bank, &both_hold_one));
        thread.expect("a thread").thread().clone()
    };
    let threads = [start("saver", save), start("spender", spend)];

    let since = Instant::now();
    let circles = loop {
        let circles = deadlock::check_deadlock();
        if !circles.is_empty() {
            break circles;
        }
        if since.elapsed() > AT_MOST {
            eprintln!("no deadlock was found in {} s", AT_MOST.as_secs());
            return ExitCode::FAILURE;
        }
        thread::sleep(BETWEEN_CHECKS);
    };
    for circle in &circles {
        println!("deadlock of {} threads:", circle.len());
        for stuck in circle {
            let named = threads.iter().find(|thread| thread.id() == stuck.thread_id());
            let name = named.and_then(|thread| thread.name()).unwrap_or("another thread");
            let frames = stuck.backtrace().frames().iter().flat_map(|frame| {
                frame.symbols().iter().map(|symbol| (symbol.filename(), symbol.lineno()))
            });
            println!("  {name} waits in {}", place(frames));
        }
    }
    println!("No lock of theirs can be had any more; this process ends without them.");
    ExitCode::SUCCESS
}

/// The line of this file in which a thread stands, given its frames from the innermost on; if the
/// program still knows its lines.
fn place<'a>(mut frames: impl Iterator<Item = (Option<&'a Path>, Option<u32>)>) -> String {
    let here = |file: Option<&Path>| file.is_some_and(|file| file.ends_with(FILE));
    let Some(line) = frames.find_map(|(file, line)| line.filter(|_| here(file))) else {
        return "a place without debug information".into();
    };
    let source = include_str!("deadlock_detector.rs").lines().nth(line as usize - 1);
    format!("line {line}: {}", source.unwrap_or_default().trim())
}
