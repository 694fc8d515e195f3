//! Runs that end before their time. Which process is whose is asked of /proc.
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::io::Read;
use std::process::{Child, Command, ExitStatus};

use common::{Out, eventually, matrix, quick};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

fn child_of(program: &Child, is: impl Fn(i32) -> bool) -> Option<i32> {
    let id = program.id();
    let listed = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).ok()?;
    listed.split_whitespace().filter_map(|id| id.parse().ok()).find(|id| is(*id))
}

fn command_line(id: i32) -> String {
    fs::read_to_string(format!("/proc/{id}/cmdline")).unwrap_or_default()
}

/// Whether this is a measurement of a unit.
fn is_unit(id: i32) -> bool {
    command_line(id).contains("\0unit\0")
}

/// Whether this is a cell that is asking the service now.
fn is_asking_cell(id: i32) -> bool {
    let mut files = fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten().flatten();
    let is_socket = |file: fs::DirEntry| {
        fs::read_link(file.path()).is_ok_and(|to| to.to_string_lossy().starts_with("socket:"))
    };
    command_line(id).contains("\0cell\0") && files.any(is_socket)
}

/// The state of a process, as in ps(1); none if it is gone.
fn state(id: i32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

fn signal(id: i32, signal: Signal) -> bool {
    kill(Pid::from_raw(id), signal).is_ok()
}

/// A program, and a child of it that must not outlive it.
struct Run {
    program: Child,
    child: i32,
}

impl Run {
    fn end(&mut self) -> ExitStatus {
        let mut end = None;
        assert!(eventually(|| {
            end = self.program.try_wait().expect("a child");
            end.is_some()
        }));
        // A zombie has ended too; whoever adopted it has yet to look.
        let gone = || matches!(state(self.child), None | Some('Z'));
        assert!(eventually(gone), "the child has outlived its parent");
        end.expect("it has ended")
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
        if self.child != 0 && !matches!(state(self.child), None | Some('Z')) {
            signal(self.child, Signal::SIGKILL);
        }
    }
}

#[test]
fn ctrl_c_leaves_a_valid_report_and_no_orphan() {
    let out = Out::new("interrupted");
    let arguments = ["--only", "fetch,sequential", "--repeat", "1000"];
    let program = matrix(&out.0, &arguments).spawn().expect("a run");
    let mut run = Run { program, child: 0 };
    // A cell that is stopped ends only if it is killed.
    assert!(eventually(|| {
        run.child = child_of(&run.program, is_asking_cell).unwrap_or(0);
        run.child != 0 && signal(run.child, Signal::SIGSTOP) && state(run.child) == Some('T')
    }));
    assert!(signal(run.program.id().cast_signed(), Signal::SIGINT));
    let end = run.end();
    let mut shown = String::new();
    run.program.stdout.take().expect("a pipe").read_to_string(&mut shown).expect("text");
    assert_eq!(end.code(), Some(130), "{shown}");
    assert!(shown.contains("Interrupted"), "{shown}");
    let json = out.json();
    assert_eq!(json["interrupted"], true);
    assert_eq!(json["matrix"].as_array().map(Vec::len), Some(2));
    assert!(fs::read_to_string(out.0.join("report.md")).is_ok_and(|md| md.contains("Interrupted")));
}

#[test]
fn ctrl_c_leaves_the_units_that_there_are() {
    let out = Out::new("interrupted-units");
    let program = quick("units", &out.0, &[]).spawn().expect("a run");
    let mut run = Run { program, child: 0 };
    assert!(eventually(|| {
        run.child = child_of(&run.program, is_unit).unwrap_or(0);
        run.child != 0 && signal(run.child, Signal::SIGSTOP) && state(run.child) == Some('T')
    }));
    assert!(signal(run.program.id().cast_signed(), Signal::SIGINT));
    assert_eq!(run.end().code(), Some(130));
    let json = out.json();
    assert_eq!(json["interrupted"], true);
    let units = json["units"].as_array().expect("units");
    assert_eq!(units.len(), 40);
    assert!(units.iter().any(|unit| unit["status"] == "not run"));
}

#[test]
fn who_is_started_dies_with_who_started_it() {
    let script = "\"$0\" become --parent $$ -- sleep 1000 & wait";
    let shell = Command::new("sh").args(["-c", script, env!("CARGO_BIN_EXE_benches")]).spawn();
    let mut run = Run { program: shell.expect("a shell"), child: 0 };
    // Once it is called so, it has become that program, and all before has been done.
    assert!(eventually(|| {
        run.child = child_of(&run.program, |id| command_line(id).starts_with("sleep")).unwrap_or(0);
        run.child != 0
    }));
    assert!(signal(run.program.id().cast_signed(), Signal::SIGKILL));
    run.end();
}
