//! The parent's hold on a child.

use std::convert::Infallible;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{self, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Sender, after, bounded, never, select};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

use super::Trouble;
use crate::Result;
use crate::interrupt::Interrupt;

/// A child under watch.
pub struct Child {
    id: Pid,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    complaints: Option<JoinHandle<String>>,
    watchdog: JoinHandle<(process::Child, Option<Trouble>)>,
    /// Dropped, it calls the watchdog off.
    over: Sender<Infallible>,
}

impl Child {
    /// Starts it, in a process group of its own: a Ctrl-C in the terminal reaches the parent
    /// alone, and what the child starts is killed with it.
    ///
    /// Call this on the main thread: "its parent has died" means the thread that started it
    /// (prctl(2), `PR_SET_PDEATHSIG`).
    ///
    /// # Errors
    /// What the system says if it can't be started.
    pub fn start(
        command: &mut Command,
        deadline: Option<Duration>,
        interrupt: &Interrupt,
    ) -> io::Result<Child> {
        Child::watch(command.process_group(0), deadline, interrupt, None)
    }

    /// Starts it in our own process group, for a child that starts another: when it is interrupted,
    /// all of the group are killed, and we with them. Call this on the main thread too.
    ///
    /// # Errors
    /// As [`Child::start`].
    pub fn start_beside_us(command: &mut Command, interrupt: &Interrupt) -> io::Result<Child> {
        Child::watch(command, None, interrupt, Some(Pid::from_raw(0)))
    }

    fn watch(
        command: &mut Command,
        deadline: Option<Duration>,
        interrupt: &Interrupt,
        group: Option<Pid>,
    ) -> io::Result<Child> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let id = Pid::from_raw(child.id().cast_signed());
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let complaints = child.stderr.take().map(|mut stderr| {
            thread::spawn(move || {
                let mut said = Vec::new();
                let _ = stderr.read_to_end(&mut said);
                String::from_utf8_lossy(&said).into_owned()
            })
        });
        let (over, finished) = bounded::<Infallible>(0);
        let (interrupt, started) = (interrupt.clone(), Instant::now());
        let watchdog = thread::spawn(move || {
            let trouble = select! {
                // Who was late is late, also if the watchdog got no core at the deadline.
                recv(finished) -> _ => {
                    deadline.filter(|limit| started.elapsed() > *limit).map(Trouble::Late)
                }
                recv(interrupt.receiver()) -> _ => Some(Trouble::Interrupted),
                recv(deadline.map_or_else(never, after)) -> _ => deadline.map(Trouble::Late),
            };
            if trouble.is_some() {
                // Not waited for yet, so this id is still the child's and nobody else's.
                let _ = killpg(group.unwrap_or(id), Signal::SIGKILL);
            }
            (child, trouble)
        });
        let stdout = BufReader::new(stdout.expect("it is piped"));
        Ok(Child { id, stdin, stdout, complaints, watchdog, over })
    }

    /// The next line that it prints; none if it has ended.
    pub fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.stdout.read_line(&mut line).ok()?;
        (read > 0).then_some(line)
    }

    /// Writes a line to its standard input.
    ///
    /// # Errors
    /// If it doesn't read.
    pub fn say(&mut self, line: &str) -> io::Result<()> {
        self.stdin.as_mut().map_or(Ok(()), |stdin| writeln!(stdin, "{line}"))
    }

    /// Ends it as Ctrl-C would: it may still say something.
    pub fn interrupt(&self) {
        // It is not waited for before `end`, so this id is the child's.
        let _ = kill(self.id, Signal::SIGINT);
    }

    /// Ends its standard input.
    pub fn hang_up(&mut self) {
        self.stdin = None;
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// Unless it ended by itself, and well.
    pub fn end(mut self) -> Result<(), Trouble> {
        self.hang_up();
        while self.line().is_some() {}
        drop(self.over);
        let (mut child, trouble) = self.watchdog.join().expect("a watchdog doesn't panic");
        let status = child.wait().map_err(|why| Trouble::Failed(why.to_string()))?;
        let said = self.complaints.and_then(|said| said.join().ok()).unwrap_or_default();
        match (trouble, status.signal()) {
            (Some(trouble), _) => Err(trouble),
            (None, Some(signal)) => Err(Trouble::Killed(signal)),
            (None, None) if status.success() => Ok(()),
            _ => Err(Trouble::Failed(match said.lines().last() {
                Some(line) => line.to_owned(),
                None => status.to_string(),
            })),
        }
    }
}
