//! The rows: right answers, and whatever keeps a program from one.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::common::{Out, matrix};
use super::saboteur::Saboteur;
use super::{cells, finished, python, text};

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
