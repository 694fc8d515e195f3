//! Where a scene plays: a queue of its own, in a file of its own directory, or at the reader's server.

use std::ffi::OsStr;

use stage::Stage;
use workloads::Service;

use crate::broker::Broker;
use crate::crew::Crew;
use crate::guard::Scratch;
use crate::job::{Entry, Job, Sale};
use crate::queue::{End, Queue};
use crate::roles::Program;
use crate::trouble::{Result, Trouble};

/// A queue, and what it needs. Dropped, nothing of it is left.
pub struct Site {
    /// What becomes a worker.
    pub program: Program,
    /// Where files can be put.
    pub scratch: Scratch,
    /// The jobs.
    pub queue: Queue,
}

impl Site {
    /// At the server that the reader has named, or in a file.
    ///
    /// # Errors
    /// If the broker can't be had.
    pub fn of(stage: &Stage<'_>) -> Result<Site> {
        match stage.option("redis") {
            Some(url) => Site::at(|_| Broker::redis(url.to_string_lossy())),
            None => Site::in_a_file(),
        }
    }

    /// In a file, whatever the reader has named.
    ///
    /// # Errors
    /// If there is no directory for it.
    pub fn in_a_file() -> Result<Site> {
        Site::at(|scratch| Broker::file_in(scratch.path()))
    }

    fn at(broker: impl FnOnce(&Scratch) -> Broker) -> Result<Site> {
        let program = Program::this().map_err(Trouble::in_("this program"))?;
        let scratch = Scratch::new(&program)?;
        let queue = Queue::open(&broker(&scratch))?;
        Ok(Site { program, scratch, queue })
    }

    /// So many workers for it.
    ///
    /// # Errors
    /// If they can't be had.
    pub fn crew(&self, workers: usize) -> Result<Crew> {
        Crew::new(&self.program, self.queue.broker(), workers)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // A server that is gone has nothing left to clear.
        let _ = self.queue.clear();
    }
}

/// The pages as jobs that are booked.
pub fn sales(
    service: &Service,
    pages: std::ops::Range<u32>,
    entry: Entry,
) -> impl Iterator<Item = Job> {
    let service = service.address();
    pages.map(move |page| Job::Sale(Sale { service, page, entry, cue: None }))
}

/// How many of the jobs are done, and not given up.
#[must_use]
pub fn done(ends: &[End]) -> usize {
    ends.iter().filter(|end| end.is_ok()).count()
}

/// That none of the jobs was given up or lost.
///
/// # Errors
/// How many were, and what became of the first of them.
pub fn all_done(ends: &[End]) -> Result {
    let Some(Err(why)) = ends.iter().find(|end| end.is_err()) else { return Ok(()) };
    let (missing, all) = (ends.len() - done(ends), ends.len());
    Err(Trouble::new(format!("{missing} of {all} jobs were not done; of the first: {why}")))
}

/// Whether this can be the address of a Redis server.
///
/// # Errors
/// What would be right.
pub fn is_redis(url: &OsStr) -> std::result::Result<(), String> {
    let right = "it should look like redis://127.0.0.1:6379";
    let url = url.to_str().ok_or(right)?;
    if !url.starts_with("redis://") {
        return Err(right.into());
    }
    redis::Client::open(url).map(drop).map_err(|why| format!("{why}; {right}"))
}
