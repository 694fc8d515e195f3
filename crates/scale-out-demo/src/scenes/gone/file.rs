//! What can be wrong with a file.

use std::fs;
use std::ops::Range;
use std::time::Duration;

use apalis::prelude::TaskId;
use stage::Result;
use workloads::Service;
use workloads::orders::Totals;

use super::Fault;
use crate::broker::{Broker, Storage};
use crate::job::Entry;
use crate::queue::Queue;
use crate::scenes::site::{Site, done, sales};
use crate::trouble::Trouble;

/// How long a push waits for the lock: not long, this is a scene.
const SHORT: Duration = Duration::from_millis(100);

/// The pages that are there before, and those that are pushed when something is wrong.
const BEFORE: Range<u32> = 0..4;
const THEN: Range<u32> = 4..44;

/// The directory is not there, as when a disk is not mounted.
pub(super) fn away() -> Result<Fault> {
    let case = Case::new()?;
    let directory = case.site.scratch.path().join("disk");
    let broker = Broker::file_in(&directory);
    let said = said(Queue::open(&broker), &broker);
    fs::create_dir(&directory)?;
    case.end("file: away", said, &broker)
}

/// There is room for no more.
pub(super) fn full() -> Result<Fault> {
    let mut case = Case::new()?;
    case.push(BEFORE)?;
    // Nothing is to spare, and the least that there can be is what there is.
    sql(&case.site.queue, "VACUUM")?;
    // That is so for this connection: whoever opens the file anew has room.
    sql(&case.site.queue, "PRAGMA max_page_count = 1")?;
    let said = case.refused();
    let broker = case.site.queue.broker().clone();
    case.end("file: full", said, &broker)
}

/// Somebody else has it, and does not let go.
pub(super) fn locked() -> Result<Fault> {
    let mut case = Case::new()?;
    case.push(BEFORE)?;
    let other = Queue::open(case.site.queue.broker())?;
    case.site.queue = Queue::open_with(other.broker(), SHORT)?;
    sql(&other, "BEGIN IMMEDIATE")?;
    let said = case.refused();
    sql(&other, "ROLLBACK")?;
    case.end("file: locked", said, other.broker())
}

struct Case {
    service: Service,
    site: Site,
    ids: Vec<TaskId>,
}

impl Case {
    fn new() -> Result<Case> {
        let (service, site) = (Service::start()?, Site::in_a_file()?);
        Ok(Case { service, site, ids: Vec::new() })
    }

    fn push(&mut self, pages: Range<u32>) -> std::result::Result<(), Trouble> {
        self.ids.extend(self.site.queue.push(sales(&self.service, pages, Entry::Keyed))?);
        Ok(())
    }

    /// Pushes what can't be pushed now, and returns what is said to that.
    fn refused(&mut self) -> String {
        let pushed = self.push(THEN);
        said(pushed, self.site.queue.broker())
    }

    /// Opens the file anew, looks what is in it, pushes once more, and has all of it done.
    fn end(mut self, what: &'static str, said: String, broker: &Broker) -> Result<Fault> {
        self.site.queue = Queue::open(broker)?;
        let before = self.ids.len();
        let half_done = self.site.queue.waiting()?.saturating_sub(before);
        self.push(THEN)?;
        let crew = self.site.crew(4)?;
        let ends = self.site.queue.wait(&self.ids)?;
        drop(crew);
        let pages = if before == 0 { THEN } else { BEFORE.start..THEN.end };
        let right = self.site.queue.balance()?.keyed == Totals::known(pages);
        let jobs = ends.len();
        Ok(Fault { what, said, half_done, done: done(&ends), jobs, right })
    }
}

/// What was said, without where that is: a temporary file's name tells nobody anything.
fn said<T>(result: std::result::Result<T, Trouble>, broker: &Broker) -> String {
    let why = result.err().map(|why| why.to_string()).unwrap_or_default();
    why.replace(&broker.to_string(), "the queue in \u{2026}")
}

fn sql(queue: &Queue, statement: &'static str) -> Result {
    if let Storage::File(file) = &queue.storage {
        queue.block_on(sqlx::raw_sql(statement).execute(file.pool()))?;
    }
    Ok(())
}
