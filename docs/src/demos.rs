//! The demos of the talk: a part of what a scene prints, small enough for a slide.
//!
//! A demo runs when its slide is shown. If it can't (the program was not built, it fails, or takes
//! longer than an audience waits), the slide gets what it printed when it was recorded, and says so.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::programs::beside;
use crate::repository::root;

/// What a slide shows of a scene.
#[derive(Debug, Clone, Copy)]
pub struct Demo {
    /// Its name, on the slide and of its recording.
    pub name: &'static str,
    /// The chapter.
    pub package: &'static str,
    /// What is played.
    pub arguments: &'static [&'static str],
    /// Text of the first line that is shown.
    pub from: &'static str,
    /// How many lines are shown.
    pub lines: usize,
}

/// As many columns as presenterm leaves to what a snippet prints.
const WIDTH: &str = "70";

/// How long an audience waits.
const PATIENCE: Duration = Duration::from_secs(20);

const fn demo(
    name: &'static str,
    package: &'static str,
    arguments: &'static [&'static str],
    from: &'static str,
    lines: usize,
) -> Demo {
    Demo { name, package, arguments, from, lines }
}

/// In the order of the talk.
pub const DEMOS: &[Demo] = &[
    demo("lunch", "why-demo", &["lunch", "--quick"], "Processors by year", 21),
    demo(
        "async-is-not-concurrent",
        "event-loop-demo",
        &["concurrent", "--quick"],
        "in flight at once",
        6,
    ),
    demo("where-threads-help", "threading-demo", &["speed-up"], "Times as fast", 5),
    demo("lost-update", "threading-demo", &["lost-update", "--quick"], "Two increments", 9),
    demo(
        "who-holds-the-lock",
        "global-lock-demo",
        &["timeline", "--quick"],
        "Two hogs under the interval",
        5,
    ),
    demo("two-threads-one-lock", "global-lock-demo", &["in-action"], "one thread", 8),
    demo("processes", "multiprocess-demo", &["pool"], "time  speed-up", 6),
    demo("tax", "multiprocess-demo", &["tax", "--quick"], "round trip, 64 B", 4),
    demo("killed", "multiprocess-demo", &["killed"], "tasks of 5 ms on two workers", 8),
    demo("queue", "scale-out-demo", &["queue", "--quick"], "3 processes and what each", 7),
    demo("crowd", "event-loop-demo", &["crowd"], "What each takes while it waits", 5),
    demo("hundred-tasks", "event-loop-demo", &["runtime", "--quick"], "From beginning to end", 14),
    demo("blocked", "event-loop-demo", &["blocked"], "Three heartbeats", 8),
    demo("hidden", "green-threads-demo", &["hidden", "--quick"], "It is compiled twice", 11),
    demo("races", "green-threads-demo", &["races", "--quick"], "Two green threads deposit", 11),
];

/// What a demo shows.
pub struct Shown {
    /// The lines.
    pub text: String,
    /// Why it is not of this moment, if it isn't.
    pub recorded: Option<String>,
}

impl Demo {
    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Demo> {
        DEMOS.iter().find(|demo| demo.name == name)
    }

    /// Runs it now.
    ///
    /// # Errors
    /// Why it can't be shown.
    pub fn run(&self) -> Result<String, String> {
        let program = beside(self.package)?;
        let mut command = Command::new(&program);
        command.args(self.arguments).env("COLUMNS", WIDTH).env("NO_COLOR", "1").current_dir(root());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|why| format!("{}: {why}", program.display()))?;
        let mut stdout = child.stdout.take().ok_or("no output")?;
        let reader = thread::spawn(move || {
            let mut printed = String::new();
            stdout.read_to_string(&mut printed).map(|_| printed)
        });
        let start = Instant::now();
        while !reader.is_finished() {
            if start.elapsed() > PATIENCE {
                // The reader then sees the end of its output.
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("it took more than {} s", PATIENCE.as_secs()));
            }
            thread::sleep(Duration::from_millis(20));
        }
        let status = child.wait().map_err(|why| why.to_string())?;
        let printed = reader.join().map_err(|_| "no output")?.map_err(|why| why.to_string())?;
        if !status.success() {
            return Err(format!("{} ended with {status}", self.package));
        }
        self.part(&printed)
    }

    /// What the slide shows of it.
    fn part(&self, printed: &str) -> Result<String, String> {
        let part = printed.lines().skip_while(|line| !line.contains(self.from)).take(self.lines);
        let lines: Vec<_> = part.collect();
        match lines.is_empty() {
            true => Err(format!("{} no longer prints {:?}", self.package, self.from)),
            false => Ok(lines.join("\n") + "\n"),
        }
    }

    /// Of this moment if that is possible, or else recorded.
    ///
    /// # Errors
    /// If there is neither.
    pub fn show(&self) -> Result<Shown, String> {
        match self.run() {
            Ok(text) => Ok(Shown { text, recorded: None }),
            Err(why) => {
                let text = fs::read_to_string(self.recording());
                let text = text.map_err(|_| format!("{}: {why}; and no recording", self.name))?;
                Ok(Shown { text, recorded: Some(why) })
            }
        }
    }

    /// Where its recording is.
    #[must_use]
    pub fn recording(&self) -> PathBuf {
        root().join("docs/recorded").join(format!("{}.txt", self.name))
    }

    /// Runs it, and keeps what it shows.
    ///
    /// # Errors
    /// If it can't be run or written.
    pub fn record(&self) -> Result<(), String> {
        let text = self.run()?;
        let path = self.recording();
        fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))
            .map_err(|why| why.to_string())?;
        fs::write(&path, text).map_err(|why| format!("{}: {why}", path.display()))
    }
}
