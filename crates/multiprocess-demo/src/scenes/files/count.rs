//! The same files, counted by the same processes, that send what they have more or less often.

use std::cell::RefCell;
use std::time::Duration;

use stage::{Contest, Result};
use workloads::files::{Listing, WordCounts};
use workloads::{Approach, Sequential};

use crate::bytes::Bytes;
use crate::jobs::REPERTOIRE;
use crate::jobs::problems::{self, WORDS};
use crate::pool::{Options, Pool, Terms};
use crate::solve::{LISTS, chunk, cores};

/// What was counted in one way.
pub struct Count {
    /// How: in words.
    pub way: String,
    pub words: WordCounts,
    /// How many answers there were.
    pub messages: Option<usize>,
    /// How many words with their numbers were in them.
    pub sent: Option<usize>,
    /// How long it took, the median of the rounds.
    pub took: Duration,
    /// The processor time that this process took.
    pub cpu: Duration,
    /// How many times as fast as sequential.
    pub speed_up: f64,
}

/// What was counted in every way.
pub struct Counts {
    pub sequential: Count,
    /// By processes: the more often they send, the earlier.
    pub sent: Vec<Count>,
    /// Which of these is the approach's.
    pub pieces: usize,
}

/// From so many bytes on, one round is enough, and takes long enough.
const LARGE: u64 = 64 << 20;

/// Counts one file after another here, and then in processes: so many files a message, from one to
/// all that a worker gets. The first reading of each, which may have to wait for the disk, isn't timed.
pub fn in_every_way(listing: &Listing, quick: bool) -> Result<Counts> {
    let (files, cores) = (listing.paths.len(), cores());
    let pieces = chunk(files, cores * LISTS);
    let mut sizes = vec![1, 16, pieces, files.div_ceil(cores)];
    sizes.sort_unstable();
    sizes.dedup();
    let ways = sizes.iter().map(|&size| match size {
        1 => "a file a message".to_owned(),
        size => format!("{size} files a message"),
    });
    let mut counted = vec![(WordCounts::default(), None, None); 1 + sizes.len()];
    let pool = &RefCell::new(Pool::new(REPERTOIRE, Options::workers(cores))?);
    let mut contest = Contest::new();
    let mut results = counted.iter_mut();
    let sequential = results.next().expect("there is one more than ways");
    contest.enter("one process", move || {
        sequential.0 = Sequential.files(&listing.paths)?;
        Ok(())
    });
    for ((way, &size), counted) in ways.zip(&sizes).zip(results) {
        contest.enter(way, move || {
            *counted = count(&mut pool.borrow_mut(), listing, size)?;
            Ok(())
        });
    }
    let rounds = if quick || listing.bytes > LARGE { 1 } else { 3 };
    let times = contest.run(rounds)?;
    let mut counts = counted.into_iter().zip(&times).map(|((words, messages, sent), own)| Count {
        way: own.name.clone(),
        words,
        messages,
        sent,
        took: own.median(),
        cpu: own.cpu(),
        speed_up: own.speed_up_over(&times[0]),
    });
    let sequential = counts.next().ok_or("nobody counted")?;
    let pieces = sizes.iter().position(|&size| size == pieces).unwrap_or(0);
    Ok(Counts { sequential, sent: counts.collect(), pieces })
}

/// The words, and in how many messages how many of them came.
type Counted = (WordCounts, Option<usize>, Option<usize>);

fn count(pool: &mut Pool, listing: &Listing, size: usize) -> Result<Counted> {
    let lists = listing.paths.chunks(size);
    let lists = lists.map(|list| list.iter().map(|path| Bytes::from(path.as_path())).collect());
    let (mut words, mut messages, mut sent) = (WordCounts::default(), 0, 0);
    for (_, counted) in pool.imap_unordered(Terms::default(), &WORDS, lists) {
        let counted = counted?;
        messages += 1;
        sent += counted.0.len();
        words.merge(problems::words(counted));
    }
    Ok((words, Some(messages), Some(sent)))
}
