//! A diary that two processes write: lines in a pipe. The one thing that they share after the fork is
//! what the kernel holds open for both.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::process;
use std::time::{Duration, Instant};

use nix::unistd::Pid;
use stage::Timeline;
use stage::timeline::{Finished, Span};

/// What one writes with. A fork copies it, and both write.
pub struct Pen {
    start: Instant,
    to: PipeWriter,
}

/// The pages, for when all have stopped writing.
pub struct Pages(PipeReader);

/// A diary that begins at this time.
pub fn open(start: Instant) -> io::Result<(Pen, Pages)> {
    let (from, to) = io::pipe()?;
    Ok((Pen { start, to }, Pages(from)))
}

impl Pen {
    /// Who writes this is in this state from now on ("": it ends).
    pub fn note(&self, state: &str, says: &str) -> io::Result<()> {
        let (at, pid) = (self.start.elapsed().as_nanos(), process::id());
        // In one piece: so many bytes in one write(2) stay together (pipe(7), `PIPE_BUF`).
        (&self.to).write_all(format!("{at}\t{pid}\t{state}\t{says}\n").as_bytes())
    }
}

impl Pages {
    /// All that was written, in the order in which it was. The reader's own pen must be gone.
    pub fn read(mut self) -> io::Result<Diary> {
        let mut text = String::new();
        self.0.read_to_string(&mut text)?;
        let note = |line: &str| {
            let mut parts = line.splitn(4, '\t');
            let at = Duration::from_nanos(parts.next()?.parse().ok()?);
            let pid = Pid::from_raw(parts.next()?.parse().ok()?);
            Some(Note { at, pid, state: known(parts.next()?)?, says: parts.next()?.to_owned() })
        };
        let notes: Option<Vec<_>> = text.lines().map(note).collect();
        notes.map(Diary).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, text))
    }
}

fn known(state: &str) -> Option<&'static str> {
    ["computing", "waiting", ""].into_iter().find(|known| *known == state)
}

/// What both have written.
pub struct Diary(Vec<Note>);

struct Note {
    at: Duration,
    pid: Pid,
    state: &'static str,
    says: String,
}

impl Diary {
    /// Who says what, in order.
    pub fn lines(&self) -> String {
        let line = |note: &Note| format!("{}: {}\n", note.pid, note.says);
        self.0.iter().map(line).collect()
    }

    /// A lane for the parent, and one for the other.
    pub fn timeline(&self, parent: Pid) -> Timeline {
        let lane = |name: &str, is_parent: bool| {
            let own: Vec<_> = self.0.iter().filter(|n| (n.pid == parent) == is_parent).collect();
            let pid = own.first().map_or(parent, |note| note.pid);
            let span = |pair: &[&Note]| {
                let (state, from, to) = (pair[0].state, pair[0].at, pair[1].at);
                Span { state, item: None, from, to }
            };
            Finished { name: format!("{name} {pid}"), spans: own.windows(2).map(span).collect() }
        };
        Timeline { lanes: vec![lane("parent", true), lane("child", false)] }
    }
}
