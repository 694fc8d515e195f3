//! Two processes that add to one word, each step on cue.

use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};

use super::page::Page;
use crate::child::Child;
use crate::link::{Link, Wants};
use crate::ring::Ring;
use crate::start::{Entry, Start};

/// A step of an addition, or a whole one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Read the word.
    Load,
    /// Write one more than what was read last.
    Store,
    /// Add one, in one step.
    FetchAdd,
}

impl Step {
    const ALL: [Step; 3] = [Step::Load, Step::Store, Step::FetchAdd];
}

/// One of the two: it sees the word, and remembers what it read.
#[derive(Debug)]
struct Adder {
    page: Page,
    read: u64,
}

impl Adder {
    /// Takes a step so many times, one after the other; what it read or wrote last.
    fn take(&mut self, step: Step, times: u64) -> u64 {
        let word: &AtomicU64 = self.page.word();
        for _ in 0..times {
            match step {
                Step::Load => self.read = word.load(Ordering::Relaxed),
                Step::Store => word.store(self.read + 1, Ordering::Relaxed),
                Step::FetchAdd => self.read = word.fetch_add(1, Ordering::Relaxed),
            }
        }
        self.read + u64::from(step != Step::Load)
    }

    /// Reads and writes, so many times.
    fn load_and_store(&mut self, times: u64) -> u64 {
        (0..times).for_each(|_| {
            self.take(Step::Load, 1);
            self.take(Step::Store, 1);
        });
        self.read
    }
}

/// This process and another one, and the word that both see.
pub struct Pair {
    here: Adder,
    there: Ring,
    _child: Child,
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// This process.
    Here,
    /// The other one.
    There,
}

/// What a process does at a ring, with a page: it takes the steps that it is told to.
pub const AT_A_PAGE: Entry = Entry {
    name: "shared: at a page",
    run: |mut descriptors| {
        let Some(file) = descriptors.pop() else { return };
        if let (Ok(page), Ok(mut near)) = (Page::map(file), Ring::far(descriptors)) {
            let _ = obey(&mut Adder { page, read: 0 }, &mut near);
        }
    },
};

fn obey(adder: &mut Adder, near: &mut Ring) -> io::Result<()> {
    loop {
        let [kind, times] = receive(near)?;
        let last = match Step::ALL.get(kind as usize) {
            Some(&step) => adder.take(step, times),
            None => adder.load_and_store(times),
        };
        send(near, [kind, last])?;
    }
}

impl Pair {
    /// Starts the other process.
    ///
    /// # Errors
    /// If there is no process, memory or descriptor to be had.
    pub fn start(starter: &mut dyn Start) -> io::Result<Pair> {
        let (page, file) = Page::create()?;
        let (there, mut far): (_, Vec<OwnedFd>) = Ring::pair(4096)?;
        far.push(file);
        let given: Vec<_> = far.iter().map(AsFd::as_fd).collect();
        let child = starter.start(&AT_A_PAGE, &given)?;
        Ok(Pair { here: Adder { page, read: 0 }, there, _child: child })
    }

    /// One of them takes a step, and it is done when this returns; what it read or wrote.
    ///
    /// # Errors
    /// If the other process is gone.
    pub fn take(&mut self, who: Who, step: Step) -> io::Result<u64> {
        match who {
            Who::Here => Ok(self.here.take(step, 1)),
            Who::There => {
                send(&mut self.there, [step as u64, 1])?;
                Ok(receive(&mut self.there)?[1])
            }
        }
    }

    /// Both add so many times, at once and as fast as they can, in one step or in two; how many of
    /// the additions are not in the word in the end.
    ///
    /// # Errors
    /// If the other process is gone.
    pub fn both(&mut self, in_one_step: bool, times: u64) -> io::Result<u64> {
        let before = self.count();
        let kind = if in_one_step { Step::FetchAdd as u64 } else { Step::ALL.len() as u64 };
        send(&mut self.there, [kind, times])?;
        match in_one_step {
            true => self.here.take(Step::FetchAdd, times),
            false => self.here.load_and_store(times),
        };
        receive(&mut self.there)?;
        Ok(2 * times - (self.count() - before))
    }

    /// What the word is.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.here.page.word().load(Ordering::Relaxed)
    }
}

fn send(link: &mut Ring, words: [u64; 2]) -> io::Result<()> {
    let bytes = words.map(u64::to_le_bytes).concat();
    match link.write(&bytes)? == bytes.len() {
        true => Ok(()),
        // One order at a time, and an answer to each: there is always room.
        false => Err(ErrorKind::WriteZero.into()),
    }
}

fn receive(link: &mut Ring) -> io::Result<[u64; 2]> {
    let mut bytes = Vec::new();
    while bytes.len() < 16 {
        if link.read(&mut bytes)? == 0 {
            link.wait(Wants { room: false })?;
        }
    }
    let word = |bytes: &[u8]| bytes.try_into().map(u64::from_le_bytes);
    match (word(&bytes[..8]), word(&bytes[8..])) {
        (Ok(first), Ok(second)) => Ok([first, second]),
        _ => Err(ErrorKind::InvalidData.into()),
    }
}
