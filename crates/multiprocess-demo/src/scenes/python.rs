//! The `python3` of the `PATH`, as a peer: run in a process group of its own, of which nothing is left
//! when it has said what it had to say.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// Comes before every program. When this process has gone, its standard input ends, and with it the
/// program and all that it started.
const GUARD: &str = "\
import os, signal, threading
def guard():
    os.read(0, 1)
    os.killpg(0, signal.SIGKILL)
threading.Thread(target=guard, daemon=True).start()
";

/// The lines that the program prints before the line `end`; nothing if there is no `python3`.
///
/// # Errors
/// If it ends, or patience does, before it has said so.
pub fn say(program: &str, patience: Duration) -> Option<Result<Vec<String>, String>> {
    let mut command = Command::new("python3");
    command.args(["-u", "-B", "-c", &[GUARD, program].concat()]).process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut group = Group(command.spawn().ok()?);
    let lines = BufReader::new(group.0.stdout.take()?).lines();
    let (told, tell) = channel();
    // Ends when the group does, which closes what it reads from.
    let reader = thread::spawn(move || lines.map_while(Result::ok).try_for_each(|l| told.send(l)));
    let mut said = Vec::new();
    let result = loop {
        match tell.recv_timeout(patience) {
            Ok(line) if line == "end" => break Ok(said),
            Ok(line) => said.push(line),
            Err(RecvTimeoutError::Timeout) => break Err("Python took too long".to_owned()),
            Err(RecvTimeoutError::Disconnected) => break Err("Python failed".to_owned()),
        }
    };
    drop(group);
    let _ = reader.join();
    Some(result)
}

/// A process and all that it started.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        // Not reaped yet, so the number is its own. Those that it started are not our children: their
        // new parent reaps them.
        let _ = killpg(Pid::from_raw(self.0.id().cast_signed()), Signal::SIGKILL);
        let _ = self.0.wait();
    }
}
