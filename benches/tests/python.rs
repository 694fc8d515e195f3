//! Programs in Python as rows of the matrix. No test looks at a time. Without a python3 they say so.
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};

use common::{Out, eventually, matrix};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

/// Whether there is a python3 that the programs can run on; says so if not.
fn python() -> bool {
    let new_enough = "import sys; sys.exit(sys.version_info < (3, 8))";
    let status = Command::new("python3").args(["-c", new_enough]).status();
    let there = status.is_ok_and(|status| status.success());
    if !there {
        eprintln!("skipped: no python3 of version 3.8 or later on the PATH");
    }
    there
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn finished(mut command: Command) -> Output {
    command.output().expect("a run")
}

fn cells(out: &Out) -> Vec<Value> {
    out.json()["matrix"].as_array().expect("cells").clone()
}

/// A directory with one module, which Python imports before all else and everywhere.
struct Saboteur(PathBuf);

impl Saboteur {
    fn new(test: &str, module: &str) -> Saboteur {
        let directory =
            std::env::temp_dir().join(format!("benches-{}-{test}-saboteur", std::process::id()));
        fs::create_dir_all(&directory).expect("a directory");
        fs::write(directory.join("sitecustomize.py"), module).expect("a module");
        Saboteur(directory)
    }

    fn joins(&self, command: &mut Command) {
        command.env("PYTHONPATH", &self.0);
    }

    /// The files that were left in the directory: one for each process that hangs.
    fn hanging(&self) -> usize {
        let files = fs::read_dir(&self.0).expect("a directory").flatten();
        files.filter(|file| file.file_name().to_string_lossy().starts_with("hangs-")).count()
    }

    /// The processes that were started with it, and those that they started.
    fn alive(&self) -> Vec<PathBuf> {
        let ours = self.0.to_str().expect("text");
        let processes = fs::read_dir("/proc").expect("/proc").flatten().map(|entry| entry.path());
        // That of a zombie is empty.
        let of_ours = |process: &PathBuf| {
            fs::read(process.join("environ")).is_ok_and(|set| text(&set).contains(ours))
        };
        processes.filter(of_ours).collect()
    }
}

impl Drop for Saboteur {
    fn drop(&mut self) {
        // None are left, unless the test has failed.
        let id = |process: &PathBuf| process.file_name()?.to_str()?.parse().ok();
        for process in self.alive().iter().filter_map(id) {
            let _ = kill(Pid::from_raw(process), Signal::SIGKILL);
        }
        let _ = fs::remove_dir_all(&self.0);
    }
}

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
fn every_program_gives_the_right_answers() {
    if !python() {
        return;
    }
    let out = Out::new("python-answers");
    let run = finished(matrix(&out.0, &["--only", "python", "--repeat", "1"]));
    assert!(run.status.success(), "{}", text(&run.stderr));
    let cells = cells(&out);
    let rows = cells.len() / 6;
    assert!(rows >= 5 && cells.len() == rows * 6, "{rows} rows");
    for cell in &cells {
        let refused = cell["approach"] == "python tornado"
            && ["chain", "primes", "files"].iter().any(|problem| cell["problem"] == *problem);
        // On a noisy machine a time may be found impossible; that is a report too.
        let expected: &[&str] = if refused { &["refused"] } else { &["done", "impossible"] };
        assert!(expected.iter().any(|status| cell["status"] == *status), "{cell}");
        assert!(cell["language"].as_str().is_some_and(|language| language.contains(' ')), "{cell}");
        assert_eq!(cell["baseline"], "python sequential");
        let has = |figure: &str| cell["figures"].get(figure).is_some();
        assert!(refused || (has("cpu_ms") && has("peak_memory_mib")), "{cell}");
        assert!(refused || (has("wall_ms") != (cell["problem"] == "serve")), "{cell}");
    }
    let shown = text(&run.stdout);
    assert!(shown.contains("compare its ratios, not its times"), "{shown}");
}

#[test]
fn what_the_programs_share_passes_its_own_tests() {
    if !python() {
        return;
    }
    let mut tests = Command::new("python3");
    tests.args(["-B", "-m", "unittest"]);
    tests.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("python"));
    let run = finished(tests);
    let said = text(&run.stderr);
    assert!(run.status.success() && !said.contains("Ran 0 tests"), "{said}");
}

#[test]
fn what_a_program_refuses_is_shown_with_the_reason() {
    if !python() {
        return;
    }
    // Not tornado, but what of it the program names: it refuses before it needs more.
    let stand_in = "
import sys, types

for name in '', '.ioloop', '.iostream', '.tcpclient', '.tcpserver':
    module = sys.modules['tornado' + name] = types.ModuleType('tornado' + name)
    module.IOLoop = module.StreamClosedError = module.TCPClient = module.TCPServer = object
";
    let (out, saboteur) = (Out::new("python-refuses"), Saboteur::new("refuses", stand_in));
    let mut command = matrix(&out.0, &["--only", "primes,python tornado", "--repeat", "1"]);
    saboteur.joins(&mut command);
    let run = finished(command);
    assert!(run.status.success(), "{}", text(&run.stderr));
    let cell = &cells(&out)[0];
    assert_eq!((&cell["approach"], &cell["status"]), (&"python tornado".into(), &"refused".into()));
    assert!(cell["why"].as_str().is_some_and(|why| why.contains("asyncio's row")), "{cell}");
}

#[test]
fn a_crash_is_shown_with_pythons_last_line() {
    if !python() {
        return;
    }
    let crash = "
import time

def crash():
    raise ValueError('no clock today')

time.perf_counter = crash
";
    let (out, saboteur) = (Out::new("python-crashes"), Saboteur::new("crashes", crash));
    let only = "chain,serve,python sequential";
    let mut command = matrix(&out.0, &["--only", only, "--repeat", "1"]);
    saboteur.joins(&mut command);
    let run = finished(command);
    assert!(run.status.success(), "{}", text(&run.stderr));
    for cell in cells(&out) {
        assert_eq!(cell["status"], "failed", "{cell}");
        assert_eq!(cell["why"], "ValueError: no clock today", "{cell}");
    }
}

#[test]
fn a_wrong_answer_is_no_answer() {
    if !python() {
        return;
    }
    let blind = "import re\nre.findall = lambda *_: [b'word']\n";
    let (out, saboteur) = (Out::new("python-wrong"), Saboteur::new("wrong", blind));
    let mut command = matrix(&out.0, &["--only", "files,python threads", "--repeat", "1"]);
    saboteur.joins(&mut command);
    let run = finished(command);
    assert!(run.status.success(), "{}", text(&run.stderr));
    assert_eq!(cells(&out)[0]["why"], "the answer is wrong");
}

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
    let (out, saboteur) = (Out::new("python-orphans"), Saboteur::new("orphans", HANGS));
    let mut command = matrix(&out.0, &["--only", "files,python processes", "--repeat", "1"]);
    saboteur.joins(&mut command);
    let mut run = Killed(command.spawn().expect("a run"));
    assert!(eventually(|| saboteur.hanging() > 0));
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
    let (out, saboteur) = (Out::new("python-guard"), Saboteur::new("guard", HANGS));
    let mut command = matrix(&out.0, &["--only", "files,python processes", "--repeat", "1"]);
    saboteur.joins(&mut command);
    let mut run = Killed(command.spawn().expect("a run"));
    assert!(eventually(|| saboteur.hanging() > 0));
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

/// A run that ends with the test, whatever becomes of that.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn an_interpreter_that_is_none_is_one_line_and_status_2() {
    let out = Out::new("python-none");
    for (path, said) in [
        ("/dev/null/python", "--python /dev/null/python: Not a directory"),
        ("/bin/true", "--python /bin/true: this is no Python"),
    ] {
        let run = finished(matrix(&out.0, &["--python", path]));
        let error = text(&run.stderr);
        assert_eq!((run.status.code(), error.lines().count()), (Some(2), 1), "{error}");
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn a_further_interpreter_has_rows_and_a_baseline_of_its_own() {
    if !python() {
        return;
    }
    let out = Out::new("python-further");
    let arguments = ["--python", "python3", "--repeat", "1", "--skip"];
    let skip = "primes,fetch,orders,files,serve,python";
    let mut command = matrix(&out.0, &arguments);
    let run = finished({
        command.arg(skip);
        command
    });
    assert!(run.status.success(), "{}", text(&run.stderr));
    let rows: Vec<_> = cells(&out);
    let further = |cell: &&Value| cell["language"] != "Rust";
    let further: Vec<_> = rows.iter().filter(further).collect();
    assert!(further.len() >= 5, "{rows:?}");
    for cell in further {
        let of = |field: &str| cell[field].as_str().expect("text");
        let interpreter = of("approach").split(' ').next().expect("a name");
        assert!(interpreter.contains("3."), "{cell}");
        assert_eq!(of("baseline"), format!("{interpreter} sequential"));
    }
    let twice = ["--python", "python3", "python3", "--only", "chain"];
    let run = finished(matrix(&out.0, &twice));
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("already"), "{}", text(&run.stderr));
}

#[test]
fn without_a_python_the_report_says_how_to_get_its_rows() {
    let out = Out::new("python-absent");
    let skip = "primes,fetch,orders,files,serve";
    let mut command = matrix(&out.0, &["--repeat", "1", "--skip", skip]);
    command.env("PATH", "");
    let run = finished(command);
    assert!(run.status.success(), "{}", text(&run.stderr));
    assert!(cells(&out).iter().all(|cell| cell["language"] == "Rust"));
    let notes = out.json()["notes"].to_string();
    assert!(notes.contains("no rows of `python`") && notes.contains("--python PATH"), "{notes}");
    let mut command = matrix(&out.0, &["--only", "python threads"]);
    command.env("PATH", "");
    let run = finished(command);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("there is no \"python threads\""));
}
