//! What a green thread takes of memory while it waits, and how many there can be: 100,000 are asked
//! for.
//!
//! ```text
//! cargo run --release -p benches --example stacks
//! ```
//!
//! Each approach has a process of its own, which may die of it. It says a dot for each that waits,
//! and at the end what it has of memory. All stacks have 256 KiB of addresses, and a guard.

mod approaches;
mod footprint;

use std::env;
use std::io::{self, Write};
use std::iter::repeat;
use std::process::{Command, ExitCode, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use approaches::{APPROACHES, Approach};
use benches::grid::Grid;
use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;
use stage::printer::Printer;

/// How many are asked for.
const THREADS: usize = 100_000;

/// How long an approach may take.
const AT_MOST: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let approach = |name: &String| APPROACHES.iter().find(|approach| approach.name == name);
    match &arguments[..] {
        [] => table().map_or_else(failed, |()| ExitCode::SUCCESS),
        [name] => match approach(name) {
            Some(approach) => hold(approach).map_or_else(failed, |()| ExitCode::SUCCESS),
            None => failed(io::Error::other(format!("there is no {name:?}"))),
        },
        _ => failed(io::Error::other("say nothing, or the name of an approach")),
    }
}

fn failed(why: io::Error) -> ExitCode {
    eprintln!("stacks: {why}");
    ExitCode::FAILURE
}

/// The process of one approach.
fn hold(approach: &Approach) -> io::Result<()> {
    let before = footprint::now();
    let (mut held, mut stdout) = (0, io::stdout());
    let mut waits = || {
        held += 1;
        stdout.write_all(b".").expect("somebody who counts");
        stdout.flush().expect("somebody who counts");
    };
    let mut full = || footprint::now();
    let (after, stopped) = (approach.hold)(THREADS, &mut waits, &mut full);
    if let Some((before, after)) = before.zip(after) {
        println!();
        println!("{}", after.since(&before, held).join("\t"));
    }
    stopped
}

/// A row an approach, and beneath what those that have stopped said.
fn table() -> io::Result<()> {
    let asked = format!("{THREADS} asked for");
    let columns = [&asked, "wait", "KiB each", "page tables", "mappings"];
    let mut grid = Grid::new(columns.map(String::from));
    let mut last_words = Vec::new();
    for approach in APPROACHES {
        let Output { status, stdout, stderr } = run(approach)?;
        let said = String::from_utf8_lossy(&stdout);
        let held = said.bytes().take_while(|byte| *byte == b'.').count();
        let figures = said[held..].split_whitespace().map(String::from);
        let row = [approach.name.to_owned(), held.to_string()];
        grid.row(row.into_iter().chain(figures.chain(repeat("–".into())).take(3)).collect());
        if !status.success() {
            let why = String::from_utf8_lossy(&stderr);
            last_words.push(format!("{}: {status}", approach.name));
            last_words.extend(why.lines().map(|line| format!("  {line}")));
        }
    }
    let columns = Printer::stdout().width();
    grid.lines(columns).into_iter().chain(last_words).for_each(|line| println!("{line}"));
    Ok(())
}

/// Runs it in a process of its own. One that doesn't end is killed.
fn run(approach: &Approach) -> io::Result<Output> {
    let mut child = Command::new(env::current_exe()?);
    child.arg(approach.name).env("RUST_BACKTRACE", "0");
    child.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = child.spawn()?;
    let kill = Pid::from_raw(child.id().cast_signed());
    let (ended, ends) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            if ends.recv_timeout(AT_MOST) == Err(RecvTimeoutError::Timeout) {
                // It has not been waited for, so the number is still its own.
                let _ = signal::kill(kill, Signal::SIGKILL);
            }
        });
        let output = child.wait_with_output();
        drop(ended);
        output
    })
}
