//! A task on its way, and what can become of it.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use crate::child::Death;
use crate::frame::{self, TooLong};
use crate::function::encode;

/// A chunk of items, encoded: kept until it is answered, so that it can be sent again.
#[derive(Debug)]
pub struct Task {
    /// In which run of the pool.
    pub run: u64,
    /// Which function: its place in the repertoire.
    pub function: u16,
    /// The number of its first item.
    pub first: usize,
    /// The items, one after another.
    bytes: Vec<u8>,
    /// How many they are.
    items: usize,
    /// Where each of them begins but the first, so that one that travels alone needs no list.
    begins: Vec<usize>,
    /// How many workers it has cost.
    pub cost: u32,
    /// How many it may.
    pub tries: u32,
    /// How long it may take.
    pub deadline: Option<Duration>,
}

/// Why there is no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The number of the item.
    pub item: usize,
    /// What happened.
    pub how: How,
}

/// What can happen to an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// The function panicked; this is what it said. The worker lives.
    Panicked(String),
    /// Its argument could not be decoded, or what the function returned not be encoded.
    Refused(String),
    /// It was given up, because each time its worker died.
    Died {
        /// How many workers it has cost, since it travels alone.
        tries: u32,
        /// How the last one died.
        death: Death,
    },
    /// It was given up, because each time its deadline passed.
    Late {
        /// How many workers were killed for it.
        tries: u32,
        /// How long it might have taken.
        deadline: Duration,
    },
    /// It can't be sent.
    Unsendable(String),
    /// What came back is not what the function returns.
    Garbled(String),
    /// There is no worker left, and none to be had.
    Nobody(String),
}

impl Task {
    /// Without an item yet.
    pub fn new(
        run: u64,
        function: u16,
        first: usize,
        tries: u32,
        deadline: Option<Duration>,
    ) -> Task {
        let (bytes, begins) = (Vec::new(), Vec::new());
        Task { run, function, first, bytes, items: 0, begins, cost: 0, tries, deadline }
    }

    /// Adds an item.
    ///
    /// # Errors
    /// If it can't be encoded, or no longer fits; it is not added then.
    pub fn add<A: serde::Serialize>(&mut self, item: &A) -> Result<(), String> {
        let before = self.bytes.len();
        let added = encode(item, &mut self.bytes).map_err(|why| why.to_string());
        let added = added.and_then(|()| match self.bytes.len() + HEADER {
            length if length <= frame::LONGEST => Ok(()),
            length => Err(TooLong(length).to_string()),
        });
        if added.is_err() {
            self.bytes.truncate(before);
            return added;
        }
        if self.items > 0 {
            self.begins.push(before);
        }
        self.items += 1;
        added
    }

    /// How many items it has.
    pub fn items(&self) -> usize {
        self.items
    }

    /// Their numbers.
    pub fn range(&self) -> Range<usize> {
        self.first..self.first + self.items()
    }

    /// How long its frame is, in bytes.
    pub fn length(&self) -> usize {
        frame::HEADER + HEADER + self.bytes.len()
    }

    /// Appends its frame: the function, how many items, the items.
    pub fn put(&self, out: &mut Vec<u8>) {
        let put = frame::put::<TooLong>(out, |out| {
            out.extend_from_slice(&self.function.to_le_bytes());
            out.extend_from_slice(&(self.items() as u32).to_le_bytes());
            out.extend_from_slice(&self.bytes);
            Ok(())
        });
        put.expect("the length was looked at when the items were added");
    }

    /// The function, how many items, and the items of a frame that [`Task::put`] has made.
    pub fn parts(payload: &[u8]) -> Option<(u16, u32, &[u8])> {
        let (function, rest) = payload.split_first_chunk()?;
        let (items, rest) = rest.split_first_chunk()?;
        let items = u32::from_le_bytes(*items);
        (items as usize <= MOST_ITEMS).then_some((u16::from_le_bytes(*function), items, rest))
    }

    /// A task for each of its items, so that what befalls one of them befalls no other.
    pub fn split(self) -> impl DoubleEndedIterator<Item = Task> {
        let Task { run, function, first, bytes, items, begins, tries, deadline, .. } = self;
        (0..items).map(move |item| {
            let begin = item.checked_sub(1).map_or(0, |before| begins[before]);
            let end = begins.get(item).copied().unwrap_or(bytes.len());
            let (first, bytes, begins) = (first + item, bytes[begin..end].to_vec(), Vec::new());
            Task { run, function, first, bytes, items: 1, begins, cost: 0, tries, deadline }
        })
    }
}

/// The most items that travel together: so many that each can be refused in an answer that is not too
/// long.
pub const MOST_ITEMS: usize = 1 << 20;

/// Before the items: the function and their number.
const HEADER: usize = 6;

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "item {}: ", self.item)?;
        match &self.how {
            How::Refused(why) => f.write_str(why),
            How::Panicked(said) => write!(f, "it panicked: {said}"),
            How::Died { tries, death } => {
                write!(f, "given up: it has cost {tries} workers, the last one {death}")
            }
            How::Late { tries, deadline } => {
                let limit = stage::human(*deadline);
                write!(f, "given up: no answer within {limit}, {tries} times")
            }
            How::Unsendable(why) => write!(f, "it can't be sent: {why}"),
            How::Garbled(why) => write!(f, "its answer can't be read: {why}"),
            How::Nobody(why) => write!(f, "there is no worker left to do it: {why}"),
        }
    }
}

impl std::error::Error for Failure {}
