//! What travels through the queue: jobs there, answers back.
//!
//! Both are JSON in the broker's tables, to be read by whoever looks into them. A worker may be
//! another program on another machine: nothing that only means something here (an address in
//! memory, an open file) can be in a job.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use workloads::files::{Skipped, WordCounts};

use crate::text::Latin;

/// What a worker is asked to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Job {
    /// A chain of so many links.
    Chain(u64),
    /// Count the primes in the ranges.
    Primes(Vec<Range<u64>>),
    /// Ask a service: whom, for what, and whether the connection stays open.
    Fetch(SocketAddr, String, bool),
    /// Fetch a page of orders, and answer with what was sold.
    Orders(SocketAddr, u32),
    /// Count the words in all these files together.
    Words(Vec<Latin>),
    /// Fetch a page of orders, and write into the [`ledger`](crate::ledger) what was sold.
    Sale(Sale),
    /// Wait for so many microseconds.
    Wait(u64),
    /// Fail, each time.
    Poison,
}

/// A page of orders to be booked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sale {
    /// Who has the page.
    pub service: SocketAddr,
    /// Its number.
    pub page: u32,
    /// How it is booked.
    pub entry: Entry,
    /// A file. The worker that succeeds in removing it says so, and then does nothing more until it
    /// is killed: after its entry, and before the broker is told.
    pub cue: Option<PathBuf>,
}

/// How a job writes down what it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entry {
    /// Under its key, the page's number; whatever has an entry keeps it. Done twice, it is the same.
    Keyed,
    /// Added to what is there. Done twice, it counts twice.
    Added,
}

/// Of each product, the pieces sold and the money taken.
pub type Sold = BTreeMap<String, (u64, u64)>;

/// What came of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// The end of a chain, or a count.
    Number(u64),
    /// A reply: its status and body.
    Reply(u16, Latin),
    /// What was sold.
    Sold(Sold),
    /// Words with how often each occurs, how many files they are from, and which could not be read.
    Words(HashMap<String, u64>, u64, Vec<(Latin, String)>),
    /// It is done; there is nothing to say.
    Nothing,
    /// There is no answer, and asking again would not help. A *wrong* answer is one too: the engine
    /// tries again what failed, and this has not failed.
    Wrong(String),
}

/// A job that is done: the record that the worker leaves with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Which worker did it.
    pub worker: u32,
    /// From when, in nanoseconds of the worker's own clock since 1970.
    pub from: u64,
    /// To when.
    pub to: u64,
    /// What came of it.
    pub answer: Answer,
}

impl Answer {
    pub(crate) fn reply(status: u16, body: &[u8]) -> Answer {
        Answer::Reply(status, Latin::from(body))
    }

    pub(crate) fn words(mut counts: WordCounts) -> Answer {
        let skipped = std::mem::take(&mut counts.skipped).into_iter();
        let skipped = skipped.map(|Skipped { path, why }| (Latin::from(path.as_path()), why));
        let (skipped, files) = (skipped.collect(), counts.files);
        Answer::Words(counts.into_words(), files, skipped)
    }

    /// The counts of these parts.
    pub(crate) fn to_counts(
        words: HashMap<String, u64>,
        files: u64,
        skipped: Vec<(Latin, String)>,
    ) -> WordCounts {
        let skipped = skipped.into_iter().map(|(path, why)| Skipped { path: path.path(), why });
        WordCounts::of(words, files, skipped.collect())
    }
}

impl Job {
    /// Count the words in these files.
    pub(crate) fn words<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Job {
        Job::Words(paths.into_iter().map(Latin::from).collect())
    }
}
