//! Runs that end before their time. Which process is whose is asked of /proc.
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::io::Read;
use std::process::{Child, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use common::{Out, matrix};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

const PATIENCE: Duration = Duration::from_secs(60);

fn eventually(mut condition: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while !condition() {
        if start.elapsed() > PATIENCE {
            return false;
        }
        thread::sleep(Duration::from_millis(5));
    }
    true
}

/// The cell that this run has started, if one is asking the service now.
fn cell_of(run: &Child) -> Option<i32> {
    let id = run.id();
    let listed = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).ok()?;
    listed.split_whitespace().filter_map(|id| id.parse().ok()).find(|id: &i32| {
        let command = fs::read_to_string(format!("/proc/{id}/cmdline")).unwrap_or_default();
        let mut files = fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten().flatten();
        let is_socket = |file: fs::DirEntry| {
            fs::read_link(file.path()).is_ok_and(|to| to.to_string_lossy().starts_with("socket:"))
        };
        command.contains("\0cell\0") && files.any(is_socket)
    })
}

/// The state of a process, as in ps(1); none if it is gone.
fn state(id: i32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

fn signal(id: i32, signal: Signal) -> bool {
    kill(Pid::from_raw(id), signal).is_ok()
}

/// A run of many rounds that gets a signal while one of its cells is stopped: such a cell ends
/// only if it is killed.
struct Run {
    program: Child,
    cell: i32,
}

impl Run {
    fn with(sent: Signal, out: &Out) -> Run {
        let arguments = ["--only", "fetch,sequential", "--repeat", "1000"];
        let program = matrix(&out.0, &arguments).spawn().expect("a run");
        let mut run = Run { program, cell: 0 };
        assert!(eventually(|| {
            run.cell = cell_of(&run.program).unwrap_or(0);
            run.cell != 0 && signal(run.cell, Signal::SIGSTOP) && state(run.cell) == Some('T')
        }));
        assert!(signal(run.program.id().cast_signed(), sent));
        run
    }

    fn end(&mut self) -> ExitStatus {
        let mut end = None;
        assert!(eventually(|| {
            end = self.program.try_wait().expect("a child");
            end.is_some()
        }));
        // A zombie has ended too; whoever adopted it has yet to look.
        let gone = || matches!(state(self.cell), None | Some('Z'));
        assert!(eventually(gone), "the cell has outlived its parent");
        end.expect("it has ended")
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
        if state(self.cell) == Some('T') {
            signal(self.cell, Signal::SIGKILL);
        }
    }
}

#[test]
fn ctrl_c_leaves_a_valid_report_and_no_orphan() {
    let out = Out::new("interrupted");
    let mut run = Run::with(Signal::SIGINT, &out);
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
fn a_parent_that_is_killed_leaves_no_orphan() {
    let out = Out::new("killed");
    assert_eq!(Run::with(Signal::SIGKILL, &out).end().code(), None);
}
