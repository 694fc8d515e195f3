//! The programs that come with the chapter: in the binary, as they are, and as Python has them.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use global_lock_demo::vm::listing::{load, parse};
use global_lock_demo::vm::programs::{Bundled, PROGRAMS, bundled};

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("programs")
}

fn run(command: &str, arguments: &[&str]) -> Option<Output> {
    Command::new(command).args(arguments).current_dir(directory()).output().ok()
}

/// A Python 3.11, where there is one.
fn python() -> Option<&'static str> {
    let version = "import sys; sys.exit(sys.version_info[:2] != (3, 11))";
    let found = ["python3.11", "python3"]
        .into_iter()
        .find(|python| run(python, &["-c", version]).is_some_and(|out| out.status.success()));
    if found.is_none() {
        eprintln!("not checked: no Python 3.11 here");
    }
    found
}

#[test]
fn every_program_is_in_the_binary_as_it_is_in_its_directory() {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let content = fs::read_to_string(&path).unwrap();
        match path.extension().unwrap().to_str().unwrap() {
            "py" => {
                let program = PROGRAMS.iter().find(|program| program.name == name).expect(&name);
                assert_eq!(program.python, content, "{name}");
                files.push(name);
            }
            "dis" => assert_eq!(bundled(&name), Some(&*content), "{name}"),
            other => assert_eq!(other, "sh", "{name}"),
        }
    }
    assert_eq!(files.len(), PROGRAMS.len());
    assert_eq!(bundled("no such program"), None);
}

#[test]
fn every_listing_is_a_program() {
    for program in PROGRAMS {
        let parsed = parse(program.name, program.listing).unwrap_or_else(|why| panic!("{why}"));
        let loaded = load(&directory().join(format!("{}.dis", program.name))).unwrap();
        assert_eq!((&parsed.codes, &parsed.constants), (&loaded.codes, &loaded.constants));
        assert_eq!(parsed.names, loaded.names);
    }
}

#[test]
fn the_listings_are_what_dis_prints_now() {
    let Some(python) = python() else { return };
    let scratch = std::env::temp_dir().join(format!("listings-{}", std::process::id()));
    fs::create_dir(&scratch).unwrap();
    let script = directory().join("listings.sh");
    let made = Command::new("sh").arg(script).arg(&scratch).env("PYTHON", python).output().unwrap();
    let listings: Vec<_> = PROGRAMS
        .iter()
        .map(|program| fs::read_to_string(scratch.join(format!("{}.dis", program.name))))
        .collect();
    fs::remove_dir_all(&scratch).unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    for (program, listing) in PROGRAMS.iter().zip(listings) {
        assert_eq!(listing.unwrap(), program.listing, "{}: run listings.sh", program.name);
    }
}

/// Python prints each code object's name, stack size and locals.
const CODES: &str = "
import sys
def show(code):
    print(code.co_name, code.co_stacksize, *code.co_varnames)
    for constant in code.co_consts:
        if hasattr(constant, 'co_code'):
            show(constant)
show(compile(open(sys.argv[1]).read(), sys.argv[1], 'exec'))
";

#[test]
fn stacks_and_locals_are_what_python_says() {
    let Some(python) = python() else { return };
    for Bundled { name, listing, .. } in PROGRAMS {
        let out = run(python, &["-c", CODES, &format!("{name}.py")]).unwrap();
        let said = String::from_utf8(out.stdout).unwrap();
        let program = parse(name, listing).unwrap();
        let ours: Vec<_> = program
            .codes
            .iter()
            .map(|code| format!("{} {} {}", code.name, code.depth, code.locals.join(" ")))
            .collect();
        let said: Vec<_> = said.lines().collect();
        assert_eq!(ours.iter().map(|code| code.trim_end()).collect::<Vec<_>>(), said, "{name}");
    }
}

/// What a program prints in Python.
fn printed(python: &str, name: &str, arguments: &[&str]) -> Vec<String> {
    let file = format!("{name}.py");
    let arguments: Vec<_> = [&*file].into_iter().chain(arguments.iter().copied()).collect();
    let out = run(python, &arguments).unwrap();
    assert!(out.status.success(), "{name}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// The words of the line, the first of which is this.
fn numbers(line: &str, first: &str) -> Vec<f64> {
    let words = line.strip_prefix(first).unwrap_or_else(|| panic!("{first}…, not {line}"));
    words.split_whitespace().map(|word| word.parse().expect("a number")).collect()
}

#[test]
fn python_runs_them_and_they_print_what_they_say() {
    let Some(python) = python() else { return };
    for (name, arguments, first, lines, count) in [
        ("countdown", &["3", "1000"][..], "seconds ", 1, 1),
        ("oversleep", &["1", "3", "0.001"], "", 3, 1),
        ("increments", &["2", "100"], "lost ", 1, 2),
        ("native", &["holds", "2", "0.001"], "", 2, 1),
        ("native", &["releases", "2", "0.001"], "", 2, 1),
        ("private", &["2", "1000"], "seconds ", 1, 1),
        ("shared", &["2", "1000"], "seconds ", 1, 1),
        ("objects", &["2", "100"], "done", 1, 0),
    ] {
        let said = printed(python, name, arguments);
        assert_eq!(said.len(), lines, "{name}: {said:?}");
        assert!(said.iter().all(|line| numbers(line, first).len() == count), "{name}: {said:?}");
    }
    // How many slices there were is up to the machine.
    let slices = printed(python, "slices", &["2", "0.05", "0.001"]);
    assert!(slices.iter().all(|line| numbers(line, "").len() == 1), "{slices:?}");
    assert_eq!(printed(python, "words", &[]).last().map(String::as_str), Some("done"));
}

/// Ends the process also when the test fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_echo_server_echoes_until_the_datagram_is_empty() {
    let Some(python) = python() else { return };
    let mut server = Command::new(python);
    server.args(["-u", "echo.py", "1", "0.001"]).current_dir(directory()).stdout(Stdio::piped());
    let mut server = Running(server.spawn().unwrap());
    let mut out = BufReader::new(server.0.stdout.take().unwrap());
    let mut port = String::new();
    out.read_line(&mut port).unwrap();
    let [port] = numbers(&port, "port ")[..] else { panic!("{port}") };

    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    client.connect(("127.0.0.1", port as u16)).unwrap();
    for question in ["a", "longer", "\0"] {
        let mut answer = [0; 64];
        client.send(question.as_bytes()).unwrap();
        let len = client.recv(&mut answer).unwrap();
        assert_eq!(&answer[..len], question.as_bytes());
    }
    client.send(b"").unwrap();
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    let [done, counted] = rest.lines().collect::<Vec<_>>()[..] else { panic!("{rest}") };
    assert_eq!((done, numbers(counted, "counted ").len()), ("done", 1));
    assert!(server.0.wait().unwrap().success());
}
