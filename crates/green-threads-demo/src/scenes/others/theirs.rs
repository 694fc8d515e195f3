//! The same with what is installed here.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long another program may take; the first `go run` compiles Go's own library.
const PATIENCE: Duration = Duration::from_secs(20);

/// What giving way costs in another language: a name, and nanoseconds.
#[derive(Debug, PartialEq)]
pub(super) struct Figure {
    pub(super) name: String,
    pub(super) nanos: f64,
}

/// asyncio, and gevent where it is; nothing without a python3.
pub(super) fn python(threads: usize, rounds: usize) -> Vec<Figure> {
    let mut python = Command::new("python3");
    python.args(["-c", include_str!("yields.py")]);
    figures(&mut python, threads, rounds)
}

/// Go's, if there is a `go`.
pub(super) fn go(threads: usize, rounds: usize) -> Vec<Figure> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/scenes/others/yields.go");
    figures(Command::new("go").arg("run").arg(source), threads, rounds)
}

/// What it prints; nothing if it can't be run, fails or takes too long.
fn figures(command: &mut Command, threads: usize, rounds: usize) -> Vec<Figure> {
    let command = command.args([threads.to_string(), rounds.to_string()]);
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let printed = quiet.spawn().and_then(|child| finished(child, PATIENCE)).unwrap_or_default();
    printed.lines().filter_map(figure).collect()
}

fn finished(mut child: Child, patience: Duration) -> io::Result<String> {
    let start = Instant::now();
    // It prints less than a pipe holds, so it need not be read before it has ended.
    let ended = loop {
        match child.try_wait()? {
            Some(status) => break status.success(),
            None if start.elapsed() > patience => break false,
            None => thread::sleep(Duration::from_millis(2)),
        }
    };
    if !ended {
        let _ = child.kill();
        child.wait()?;
        return Ok(String::new());
    }
    let mut printed = String::new();
    if let Some(mut output) = child.stdout.take() {
        output.read_to_string(&mut printed)?;
    }
    Ok(printed)
}

fn figure(line: &str) -> Option<Figure> {
    let (name, nanos) = line.rsplit_once(' ')?;
    Some(Figure { name: name.to_owned(), nanos: nanos.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_understood_and_what_is_not_is_left() {
        let gevent = Figure { name: "gevent".to_owned(), nanos: 812.5 };
        assert_eq!(figure("gevent 812.5"), Some(gevent));
        assert_eq!(figure("no figure"), None);
    }

    #[test]
    fn who_is_not_there_or_takes_too_long_is_left_out() {
        assert_eq!(figures(&mut Command::new("/nowhere/at/all"), 1, 1), []);
        let sleeps = Command::new("sleep").arg("100").stdout(Stdio::piped()).spawn();
        let printed = finished(sleeps.expect("sleep"), Duration::from_millis(10));
        assert_eq!(printed.expect("a child that can be waited for"), "");
    }
}
