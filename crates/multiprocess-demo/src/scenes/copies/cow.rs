//! Copy on write, as the kernel's books show it.

use std::hint::black_box;
use std::io::{self, PipeReader, PipeWriter};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};

use super::books::Books;
use crate::scenes::forked::{forked, receive, send};
use crate::scenes::pages::{MIB, Pages};

/// What was seen of one fork.
pub struct Watched {
    /// The parent, before the fork.
    pub before: Books,
    /// What the child did after it, in that order.
    pub moments: [Moment; 3],
}

/// Something that the child has done, and what is in the books then.
pub struct Moment {
    pub name: &'static str,
    pub child: Books,
    pub parent: Books,
    /// How often the kernel had to step in meanwhile, to give the child a page (page faults).
    pub faults: u64,
    /// How long it took; for the first that is how long the parent was in fork().
    pub took: Duration,
}

/// Something that is done with memory.
type Deed = fn(&mut Pages);

/// What the child does. A count of references in each object would be written to by the second
/// already.
const DEEDS: [(&str, Deed); 3] = [
    ("is there", |_| ()),
    ("has read each page", |pages| _ = black_box(pages.read())),
    ("has written to each", Pages::write),
];

/// Watches a child of a process with so much memory. Nothing where there are no such books.
pub fn watched(bytes: usize) -> io::Result<Option<Watched>> {
    let mut pages = Pages::touched(bytes)?;
    let Some(before) = Books::open() else { return Ok(None) };
    let (from_child, to_parent) = io::pipe()?;
    let (from_parent, to_child) = io::pipe()?;
    let start = Instant::now();
    let mut child = forked(|| {
        let ends = (to_parent, from_parent);
        childhood(&mut pages, &ends.0, &ends.1).map_or(1, |()| 0)
    })?;
    let fork_took = start.elapsed();
    let moment = |(name, _)| -> io::Result<Moment> {
        // The child waits for an answer, so that both books are of the same moment.
        let [shared, own, pss, tables, faults, nanos] = receive(&from_child)?;
        let seen = Books { shared, own, pss, tables };
        let parent = Books::open().ok_or(io::ErrorKind::Unsupported)?;
        send(&to_child, [1])?;
        Ok(Moment { name, child: seen, parent, faults, took: Duration::from_nanos(nanos) })
    };
    let [born, read, written] = DEEDS.map(moment);
    child.wait();
    let born = Moment { took: fork_took, ..born? };
    Ok(Some(Watched { before, moments: [born, read?, written?] }))
}

/// How many mebibytes a child has of its own, of a parent's 64, when it has written one byte in so
/// many.
///
/// # Errors
/// If there can be no fork here, or no such books.
pub(crate) fn copied(apart: usize) -> io::Result<f64> {
    let mut pages = Pages::touched(64 * MIB)?;
    let (from_child, to_parent) = io::pipe()?;
    let mut child = forked(|| {
        let to_parent = to_parent;
        let Some(before) = Books::open() else { return 1 };
        pages.iter_mut().step_by(apart).for_each(|byte| *byte = byte.wrapping_add(1));
        let Some(after) = Books::open() else { return 1 };
        send(&to_parent, [after.own.saturating_sub(before.own)]).map_or(1, |()| 0)
    })?;
    let copied = receive(&from_child);
    child.wait();
    let [copied] = copied.map_err(|_| io::Error::other("this system keeps no books on pages"))?;
    Ok(copied as f64 / MIB as f64)
}

fn childhood(
    pages: &mut Pages,
    to_parent: &PipeWriter,
    from_parent: &PipeReader,
) -> io::Result<()> {
    for (_, deed) in DEEDS {
        let (before, start) = (page_faults(), Instant::now());
        deed(pages);
        let (took, faults) = (start.elapsed(), page_faults() - before);
        let Books { shared, own, pss, tables } = Books::open().ok_or(io::ErrorKind::Unsupported)?;
        send(to_parent, [shared, own, pss, tables, faults, took.as_nanos() as u64])?;
        receive::<1>(from_parent)?;
    }
    Ok(())
}

/// How many pages the kernel has given to this process without reading a file.
fn page_faults() -> u64 {
    let usage = getrusage(UsageWho::RUSAGE_SELF);
    usage.map_or(0, |usage| usage.minor_page_faults().unsigned_abs())
}
