//! Nothing of a program outlives its end, whoever brings that about.

use std::fs;
use std::path::Path;
use std::process::Child;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::common::{Out, eventually, matrix};
use super::saboteur::Saboteur;
use super::{cells, finished, python, text};

/// Whoever looks for words waits for ever, and leaves word of it.
const HANGS: &str = "
import os, re, time

def hang(*_):
    open(os.path.join(os.path.dirname(__file__), f'hangs-{os.getpid()}'), 'w').close()
    while True:
        time.sleep(1)

re.findall = hang
";

#[test]
fn one_that_hangs_is_killed_with_all_its_workers() {
    if !python() {
        return;
    }
    let (out, saboteur) = (Out::new("python-hangs"), Saboteur::new("hangs", HANGS));
    // How long it takes until a worker has come so far as to hang is the machine's affair.
    for deadline in ["5000", "20000", "60000"] {
        let only = ["--only", "files,python processes", "--repeat", "1", "--deadline-ms", deadline];
        let mut command = matrix(&out.0, &only);
        saboteur.joins(&mut command);
        let run = finished(command);
        assert!(run.status.success(), "{}", text(&run.stderr));
        let cell = &cells(&out)[0];
        assert_eq!(cell["status"], "late", "{cell}");
        assert!(eventually(|| saboteur.alive().is_empty()), "{:?}", saboteur.alive());
        if saboteur.hanging() > 0 {
            return;
        }
    }
    panic!("no worker has come so far");
}

#[test]
fn workers_die_with_the_run_that_they_are_for() {
    if !python() {
        return;
    }
    let Hanging { out: _out, saboteur, mut run } = Hanging::start("orphans");
    // This program, the cell, Python, and at least one worker.
    assert!(saboteur.alive().len() >= 4);
    run.0.kill().expect("it is our child");
    run.0.wait().expect("it is our child");
    assert!(eventually(|| saboteur.alive().is_empty()), "{:?}", saboteur.alive());
}

/// The death of a parent is told once for each of its threads.
#[test]
fn who_guards_a_program_ends_it_however_often_it_is_told_to() {
    if !python() {
        return;
    }
    let Hanging { out, saboteur, mut run } = Hanging::start("guard");
    let guard = saboteur.alive().into_iter().find_map(|process| child_of(run.0.id(), &process));
    let guard = guard.expect("a cell");
    // Two come at the same time: while it stands still neither is taken.
    for signal in [Signal::SIGSTOP, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGCONT] {
        kill(guard, signal).expect("it is there");
    }
    assert!(run.0.wait().expect("it is our child").success());
    assert_eq!(cells(&out)[0]["status"], "killed");
    assert!(eventually(|| saboteur.alive().is_empty()), "{:?}", saboteur.alive());
}

/// The number of a process, if its parent is this one.
fn child_of(parent: u32, process: &Path) -> Option<Pid> {
    let status = fs::read_to_string(process.join("status")).ok()?;
    let field =
        |name: &str| status.lines().find_map(|line| line.strip_prefix(name))?.trim().parse().ok();
    (field("PPid:") == Some(parent.cast_signed())).then_some(Pid::from_raw(field("Pid:")?))
}

/// A run that has come so far that a worker hangs.
struct Hanging {
    out: Out,
    saboteur: Saboteur,
    run: Killed,
}

impl Hanging {
    fn start(test: &str) -> Hanging {
        let (out, saboteur) = (Out::new(&format!("python-{test}")), Saboteur::new(test, HANGS));
        let mut command = matrix(&out.0, &["--only", "files,python processes", "--repeat", "1"]);
        saboteur.joins(&mut command);
        let run = Killed(command.spawn().expect("a run"));
        assert!(eventually(|| saboteur.hanging() > 0));
        Hanging { out, saboteur, run }
    }
}

/// A run that ends with the test, whatever becomes of that.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
