//! A program that runs, and that nobody can forget.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdin};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use stage::human;

/// Lines that have been read from the program and not yet by us. When there are more, it waits.
const UNREAD: usize = 1024;

/// The longest line, in bytes; a longer one is cut.
const LONGEST: u64 = 1 << 20;

/// How much is shown of the last line that it wrote to standard error, in characters.
const SHOWN: usize = 160;

/// How long a program that has ended may keep its standard error open, as a process that it left
/// behind would.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// An interpreter at work. It is killed when this is dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    label: String,
    lines: Receiver<String>,
    last_words: Receiver<String>,
    /// Held open for as long as the program is wanted; nothing is ever written to it.
    _lifeline: Option<ChildStdin>,
}

impl Running {
    /// Reads both pipes of the child from now on: a program that fills one that nobody reads
    /// stops.
    pub(super) fn new(mut child: Child, label: String) -> Running {
        let (line, lines) = mpsc::sync_channel(UNREAD);
        if let Some(out) = child.stdout.take() {
            thread::spawn(move || each_line(out, |text| line.send(text).is_ok()));
        }
        let (last, last_words) = mpsc::channel();
        if let Some(errors) = child.stderr.take() {
            thread::spawn(move || {
                let mut words = String::new();
                each_line(errors, |text| {
                    if !text.trim().is_empty() {
                        words = text;
                    }
                    true
                });
                let _ = last.send(words);
            });
        }
        let _lifeline = child.stdin.take();
        Running { child, label, lines, last_words, _lifeline }
    }

    /// Its process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next line that it prints, without the line's end.
    ///
    /// # Errors
    /// One line: that it printed none within `patience`, or that it will print no more, and why.
    pub fn line(&mut self, patience: Duration) -> Result<String, String> {
        match self.lines.recv_timeout(patience) {
            Ok(line) => Ok(line),
            Err(RecvTimeoutError::Timeout) => {
                Err(format!("{} has printed nothing for {}", self.label, human(patience)))
            }
            Err(RecvTimeoutError::Disconnected) => {
                self.ended(Instant::now() + patience, patience)?;
                Err(format!("{} has ended and printed no more", self.label))
            }
        }
    }

    /// Waits until it has ended, and returns the lines that were not yet read.
    ///
    /// # Errors
    /// One line: the last that it wrote to standard error, or that patience ran out. It has
    /// been killed then.
    pub fn finish(mut self, patience: Duration) -> Result<String, String> {
        let until = Instant::now() + patience;
        let left = || until.saturating_duration_since(Instant::now());
        let mut printed = String::new();
        while !left().is_zero() {
            match self.lines.recv_timeout(left()) {
                Ok(line) => printed.extend([&line, "\n"]),
                Err(RecvTimeoutError::Disconnected) => {
                    return self.ended(until, patience).map(|()| printed);
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        Err(self.late(patience))
    }

    fn late(&self, patience: Duration) -> String {
        format!("{} has not ended within {}", self.label, human(patience))
    }

    /// Waits for its end, and says why if that was not a good one.
    fn ended(&mut self, until: Instant, patience: Duration) -> Result<(), String> {
        let label = &self.label;
        let status = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if Instant::now() < until => thread::sleep(Duration::from_millis(1)),
                Ok(None) => return Err(self.late(patience)),
                Err(why) => return Err(format!("{label} can't be waited for: {why}")),
            }
        };
        if status.success() {
            return Ok(());
        }
        let words = self.last_words.recv_timeout(LAST_WORDS).unwrap_or_default();
        Err(if words.is_empty() {
            format!("{label} fails with {status}")
        } else {
            let shown: String = words.trim().chars().take(SHOWN).collect();
            format!("{label} fails: {shown}")
        })
    }
}

impl Drop for Running {
    /// Neither fails but for a child that has been waited for.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Calls `each` with each line, until there is none or it returns false.
fn each_line(pipe: impl Read, mut each: impl FnMut(String) -> bool) {
    let mut pipe = BufReader::new(pipe);
    let mut line = Vec::new();
    while matches!(pipe.by_ref().take(LONGEST).read_until(b'\n', &mut line), Ok(1..)) {
        let text = String::from_utf8_lossy(&line);
        if !each(text.trim_end_matches(['\n', '\r']).to_owned()) {
            return;
        }
        line.clear();
    }
}
