//! The shell's `a | b | c`, with real processes.

use std::io::{self, ErrorKind, Read};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

/// What a pipeline left behind.
pub(super) struct Piped {
    /// What the last process wrote.
    pub(super) output: String,
    /// How each ended, in their order.
    pub(super) ends: Vec<ExitStatus>,
}

/// Runs a line such as `yes | head -n 3`, without a shell (so without quotes and the like), and
/// waits for all of its processes.
///
/// # Errors
/// What the operating system says; also then every process that was started has ended.
pub(super) fn pipe(line: &str) -> io::Result<Piped> {
    let mut children: Vec<Child> = Vec::new();
    let output = start(line, &mut children).and_then(|last| match last {
        Some(mut last) => {
            let mut output = String::new();
            last.read_to_string(&mut output).map(|_| output)
        }
        None => Ok(String::new()),
    });
    // Whatever failed, the reading ends of the pipes are closed by now: who still writes into one
    // is ended by SIGPIPE, so that no wait is for ever. Who is not waited for stays a zombie.
    let ends: io::Result<Vec<_>> = children.iter_mut().map(Child::wait).collect();
    Ok(Piped { output: output?, ends: ends? })
}

/// Starts them, and returns the end from which the last one's output is read.
fn start(line: &str, children: &mut Vec<Child>) -> io::Result<Option<ChildStdout>> {
    let mut before = None;
    for command in line.split('|') {
        let mut words = command.split_whitespace();
        let program = words.next().unwrap_or_default();
        let stdin = before.take().map_or_else(Stdio::null, Stdio::from);
        // The `Command` owns our copy of the reading end, and is dropped with this statement: a
        // copy kept open would keep the writer alive after its reader has gone.
        let mut child = Command::new(program)
            .args(words)
            .stdin(stdin)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|why| named(program, why))?;
        before = child.stdout.take();
        children.push(child);
    }
    Ok(before)
}

fn named(program: &str, why: io::Error) -> io::Error {
    match why.kind() {
        ErrorKind::NotFound => io::Error::new(why.kind(), format!("there is no {program} here")),
        kind => io::Error::new(kind, format!("{program}: {why}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_ends_the_ones_before_it() {
        let why = pipe("yes | no-such-program").err().expect("it can't be started");
        assert_eq!(why.kind(), ErrorKind::NotFound);
        assert_eq!(why.to_string(), "there is no no-such-program here");
    }
}
