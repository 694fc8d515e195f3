//! A child process: it ends by itself, or at its deadline, or at Ctrl-C, and never outlives us.

use std::convert::Infallible;
use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{self, ChildStdin, ChildStdout, Command, ExitCode, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Sender, after, bounded, never, select};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use serde::Serialize;
use serde_json::{Value, json};
use workloads::Error;

use crate::interrupt::{self, Interrupt};
use crate::{Result, Sample};

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

/// Why there are no figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The approach doesn't do this, for a reason.
    Refused(String),
    /// It said what was wrong.
    Failed(String),
    /// It was killed at its deadline.
    Late(Duration),
    /// Somebody else has killed it, with this signal.
    Killed(i32),
    /// What it measured cannot be.
    Impossible(String),
    /// The reader has lost patience.
    Interrupted,
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
        let interrupt = interrupt.clone();
        let watchdog = thread::spawn(move || {
            let trouble = select! {
                recv(finished) -> _ => None,
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

/// Has a child say its figures, in one line of JSON.
///
/// # Errors
/// What was wrong, or what it refused.
pub fn ask(
    command: &mut Command,
    deadline: Duration,
    interrupt: &Interrupt,
) -> Result<Sample, Trouble> {
    command.stderr(Stdio::piped());
    let mut child = Child::start(command, Some(deadline), interrupt)
        .map_err(|why| Trouble::Failed(why.to_string()))?;
    let line = child.line();
    // How it ended tells more than that it fell silent.
    child.end()?;
    let line = line.ok_or_else(|| Trouble::Failed("it said nothing".into()))?;
    heard(&serde_json::from_str(&line).unwrap_or_default())
}

/// What a child has said: its figures, or why it refuses.
///
/// # Errors
/// What it refused.
pub fn heard(told: &Value) -> Result<Sample, Trouble> {
    if let Some(why) = told["refused"].as_str() {
        return Err(Trouble::Refused(why.to_owned()));
    }
    let figures = told.as_object().into_iter().flatten();
    Ok(figures.filter_map(|(name, value)| Some((name.clone(), value.as_f64()?))).collect())
}

/// For a child, as the last thing it does: says its figures, why it refuses, or what was wrong.
#[must_use]
pub fn say(measured: Result<impl Serialize>) -> ExitCode {
    let told = match measured {
        Ok(measured) => json!(measured),
        Err(why) => match why.downcast_ref() {
            Some(Error::Refused(why)) => json!({ "refused": why }),
            _ => {
                eprintln!("{why}");
                return ExitCode::FAILURE;
            }
        },
    };
    match tell(&told) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Says one line.
///
/// # Errors
/// If nobody listens.
pub fn tell(line: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// This program, to be started once more.
///
/// # Errors
/// If it can't find itself.
pub fn ourselves() -> io::Result<Command> {
    // Not by name on Linux: cargo may put a new build in the place of the one that runs.
    let file = if cfg!(target_os = "linux") {
        PathBuf::from("/proc/self/exe")
    } else {
        env::current_exe()?
    };
    let mut command = Command::new(file);
    command.arg0(env!("CARGO_PKG_NAME"));
    Ok(command)
}

/// Another program, to be started as a child that dies with us: this one is started, and becomes it.
///
/// # Errors
/// If this program can't find itself.
pub fn under_us(program: &Path) -> io::Result<Command> {
    let mut command = ourselves()?;
    command.args(["become", "--parent", &process::id().to_string(), "--"]).arg(program);
    Ok(command)
}

/// For a child, as the first thing it does: hears the signals that its parent has blocked, and
/// dies with its parent.
///
/// # Errors
/// If the parent has gone already.
pub fn be_child_of(parent: u32) -> Result {
    interrupt::unblock()?;
    when_it_dies(parent, Signal::SIGKILL)
}

/// The same for a child that starts others: its parent's death is an interrupt, so that what it has
/// started by [`Child::start_beside_us`] dies, with all that this has started.
///
/// # Errors
/// As [`be_child_of`].
pub fn be_guard_of(parent: u32) -> Result<Interrupt> {
    let interrupt = Interrupt::listen()?;
    when_it_dies(parent, Signal::SIGTERM)?;
    Ok(interrupt)
}

fn when_it_dies(parent: u32, signal: Signal) -> Result {
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_pdeathsig(signal)?;
    #[cfg(not(target_os = "linux"))]
    let _ = signal;
    match std::os::unix::process::parent_id() == parent {
        true => Ok(()),
        false => Err("the parent has gone".into()),
    }
}

impl Trouble {
    /// What it is called in tables and in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Trouble::Refused(_) => "refused",
            Trouble::Failed(_) => "failed",
            Trouble::Late(_) => "late",
            Trouble::Killed(_) => "killed",
            Trouble::Impossible(_) => "impossible",
            Trouble::Interrupted => "interrupted",
        }
    }

    /// Why, for the reader.
    #[must_use]
    pub fn why(&self) -> String {
        match self {
            Trouble::Refused(why) | Trouble::Failed(why) | Trouble::Impossible(why) => why.clone(),
            Trouble::Late(limit) => format!("no answer within {}", stage::human(*limit)),
            Trouble::Killed(signal) => match Signal::try_from(*signal) {
                Ok(signal) => format!("by {signal}"),
                Err(_) => format!("by signal {signal}"),
            },
            Trouble::Interrupted => "Ctrl-C".into(),
        }
    }
}
