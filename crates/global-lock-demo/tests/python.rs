//! Real interpreters: what they are, what they print, and that none of them outlives its caller.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs, process};

use global_lock_demo::echo;
use global_lock_demo::python::{Gil, Program, Python, runnable};

/// For what ends at once, on a machine that may be busy.
const AMPLE: Duration = Duration::from_secs(60);

/// For what never ends.
const LITTLE: Duration = Duration::from_millis(50);

/// Prints its process, and never ends.
const ENDLESS: &str = "import os\nprint(os.getpid())\nwhile True: pass";

/// The interpreter to test with; without one the test is skipped, and says so.
fn python() -> Option<Python> {
    let found = Python::found();
    if found.is_none() {
        eprintln!("skipped: there is no python3 here");
    }
    found
}

fn is_there(process: &str) -> bool {
    let asked = Command::new("sh").args(["-c", "kill -0 $0 2>/dev/null", process]).status();
    asked.unwrap().success()
}

/// A script that is gone when this is dropped.
struct Script(PathBuf);

impl Script {
    /// Written by another process: while one of ours has it open for writing, as a child of
    /// another test would that is just being started, it can't be run.
    fn new(name: &str, text: &str) -> Script {
        let path = env::temp_dir().join(format!("global-lock-demo-{}-{name}", process::id()));
        let write = "printf '%s' \"$1\" > \"$0\" && chmod +x \"$0\"";
        let written = Command::new("sh").args(["-c", write]).arg(&path).arg(text).status();
        assert!(written.unwrap().success());
        Script(path)
    }

    fn shell(name: &str, text: &str) -> Script {
        Script::new(name, &format!("#!/bin/sh\n{text}\n"))
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn an_interpreter_says_what_it_is() {
    let Some(python) = python() else { return };
    let print = "import platform, sys\nprint(platform.python_version(), *sys.version_info[:2])";
    let told = python.run(Program::Source(print), &[], AMPLE).unwrap();
    let [release, major, minor] = *told.split_whitespace().collect::<Vec<_>>() else {
        panic!("{told:?}")
    };
    assert!(python.label.starts_with(&format!("CPython {release}")), "{python:?}");
    assert_eq!(format!("{} {}", python.version.0, python.version.1), format!("{major} {minor}"));
    assert_ne!(python.gil, Gil::Legacy, "{python:?}");
    let same = Python::at(&python.path).unwrap();
    assert_eq!(python, same);
    assert_eq!(runnable(python.path.as_os_str()), Ok(()));
}

#[test]
fn a_program_gets_its_arguments_and_what_it_prints_is_read_to_the_end() {
    let Some(python) = python() else { return };
    let text = "import sys\nprint(sys.argv[1:])\nfor i in range(50000): print(i)";
    let script = Script::new("count.py", text);
    for program in [Program::Source(text), Program::File(&script.0)] {
        let arguments = ["a b".to_owned(), "--list".to_owned()];
        let printed = python.run(program, &arguments, AMPLE).unwrap();
        let mut lines = printed.lines();
        assert_eq!(lines.next(), Some("['a b', '--list']"));
        assert!(lines.eq((0..50_000).map(|i| i.to_string())));
    }
    let cache = script.0.parent().map(|directory| directory.join("__pycache__"));
    let left = cache.and_then(|cache| fs::read_dir(cache).ok()).into_iter().flatten();
    let ours = script.0.file_stem().unwrap().to_string_lossy().into_owned();
    assert!(!left.flatten().any(|file| file.file_name().to_string_lossy().starts_with(&ours)));
}

#[test]
fn a_program_that_fails_says_why_in_a_line() {
    let Some(python) = python() else { return };
    let run = |text| python.run(Program::Source(text), &[], AMPLE).unwrap_err();
    let label = &python.label;
    assert_eq!(
        run("print(1)\n1 / 0"),
        format!("{label} fails: ZeroDivisionError: division by zero")
    );
    assert_eq!(run("import os\nos._exit(3)"), format!("{label} fails with exit status: 3"));
    // What fills a pipe that is read last would stop.
    assert_eq!(
        run("import sys\nsys.exit('many words\\n' * 50000 + 'and the last')"),
        format!("{label} fails: and the last")
    );
    let mut running = python.start(Program::Source("print(1)"), &[]).unwrap();
    assert_eq!(running.line(AMPLE), Ok("1".to_owned()));
    assert_eq!(running.line(AMPLE), Err(format!("{label} has ended and printed no more")));
}

#[test]
fn what_never_ends_is_killed_when_patience_is_over() {
    let Some(python) = python() else { return };
    let mut running = python.start(Program::Source(ENDLESS), &[]).unwrap();
    let process = running.line(AMPLE).unwrap();
    assert!(is_there(&process));
    assert_eq!(
        running.line(LITTLE),
        Err(format!("{} has printed nothing for 50.0 ms", python.label))
    );
    let start = Instant::now();
    let why = running.finish(LITTLE).unwrap_err();
    assert_eq!(why, format!("{} has not ended within 50.0 ms", python.label));
    assert!(start.elapsed() >= LITTLE && !is_there(&process));
    // Nor does one that prints without end.
    let chatty = Program::Source("while True: print('and so on')");
    assert!(python.run(chatty, &[], LITTLE).unwrap_err().ends_with("not ended within 50.0 ms"));
}

#[test]
fn what_is_dropped_is_gone_also_when_its_owner_panics() {
    let Some(python) = python() else { return };
    let start = || {
        let mut running = python.start(Program::Source(ENDLESS), &[]).unwrap();
        let process = running.line(AMPLE).unwrap();
        assert_eq!(process, running.id().to_string());
        (running, process)
    };
    let (running, process) = start();
    drop(running);
    assert!(!is_there(&process));
    let panic = std::thread::scope(|scope| {
        let owner = scope.spawn(|| {
            let (_running, process) = start();
            std::panic::panic_any(process);
        });
        owner.join().unwrap_err()
    });
    assert!(!is_there(panic.downcast_ref::<String>().unwrap()));
}

#[test]
fn what_cannot_be_used_is_told_in_a_line_with_what_would_be_right() {
    let refused = |path: &Path, said: &str| {
        let why = runnable(path.as_os_str()).unwrap_err();
        assert!(why.contains(said) && why.contains(": name ") | why.contains("; name "), "{why}");
        assert_eq!(why.lines().count(), 1, "{why}");
    };
    refused(Path::new("/nowhere/python"), "it can't be started: No such file or directory");
    refused(&env::temp_dir(), "it can't be started: Permission denied");
    refused(&Script::shell("failing", "echo no, not me >&2; exit 1").0, "it fails: no, not me");
    refused(&Script::shell("silent", "").0, "it has ended and printed no more");
    refused(&Script::shell("endless", "while :; do echo y; done").0, "it answers \"y\"");
    refused(&Script::shell("pypy", "echo PyPy 7.3.19 3 11 $$ 1 0").0, "it is PyPy");
    refused(&Script::shell("wrapper", "echo CPython 3.11.7 3 11 1 1 0").0, "as another process");
}

/// The answers of interpreters that may not be here.
#[test]
fn the_kind_of_lock_follows_from_the_answer() {
    for (answer, gil, label) in [
        ("CPython 2.7.18 2 7 $$ 1 0", Gil::Legacy, "CPython 2.7.18"),
        ("CPython 3.1.5 3 1 $$ 1 0", Gil::Legacy, "CPython 3.1.5"),
        ("CPython 3.2 3 2 $$ 1 0", Gil::Interval, "CPython 3.2"),
        ("CPython 3.13.5 3 13 $$ 0 1", Gil::Free, "CPython 3.13.5 free-threaded"),
        (
            "CPython 3.13.5 3 13 $$ 1 1",
            Gil::Interval,
            "CPython 3.13.5 free-threaded, with its lock on",
        ),
    ] {
        let script = Script::shell("answer", &format!("echo {answer}"));
        let python = Python::at(&script.0).unwrap();
        assert_eq!((python.gil, python.label.as_str()), (gil, label));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn on_one_core_it_has_one_core() {
    let Some(python) = python() else { return };
    let cores = Program::Source("import os\nprint(len(os.sched_getaffinity(0)))");
    let all = python.run(cores, &[], AMPLE).unwrap();
    let one = python.clone().on_one_core().run(cores, &[], AMPLE).unwrap();
    assert_eq!((one.as_str(), python.run(cores, &[], AMPLE)), ("1\n", Ok(all)));
}

#[test]
fn a_server_is_asked_and_told_to_end() {
    let Some(python) = python() else { return };
    let text = "\
import socket
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(('127.0.0.1', 0))
print('port', server.getsockname()[1])
asked = 0
data, client = server.recvfrom(65536)
while data:
    asked += 1
    server.sendto(data, client)
    data, client = server.recvfrom(65536)
print(asked)
";
    let mut server = python.start(Program::Source(text), &[]).unwrap();
    let port = server.line(AMPLE).unwrap().strip_prefix("port ").unwrap().parse().unwrap();
    let trips = echo::ask(port, LITTLE).unwrap();
    echo::end(port).unwrap();
    // More, if one was slow or lost, and asked again.
    let asked: usize = server.finish(AMPLE).unwrap().trim().parse().unwrap();
    assert!(!trips.is_empty() && asked >= trips.len(), "{asked} for {} replies", trips.len());
}
