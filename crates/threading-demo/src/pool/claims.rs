//! How the items of a shared piece of work are dealt out.

use crate::sync::atomic::{AtomicUsize, Ordering};

/// The items that one thread claims: an iterator over their numbers.
///
/// Items are claimed in chunks, by *guided self-scheduling* (Polychronopoulos and Kuck, 1987):
/// each claim takes a fixed share of what is left, so that chunks are large while there is much
/// (few claims, little contention) and single items at the end (nobody is left with a large
/// chunk when all others are done).
pub struct Claims<'region> {
    next: &'region AtomicUsize,
    items: usize,
    threads: usize,
    mine: std::ops::Range<usize>,
}

/// A claim takes the 1/(`SHARE` × threads)th part of what is left.
const SHARE: usize = 4;

impl<'region> Claims<'region> {
    pub(super) fn new(next: &'region AtomicUsize, items: usize, threads: usize) -> Claims<'region> {
        Claims { next, items, threads, mine: 0..0 }
    }

    /// The next chunk; empty when all items are claimed.
    fn claim(&self) -> std::ops::Range<usize> {
        // Relaxed: a claim publishes nothing. What the items are was published by the lock under
        // which the ticket was handed over, what becomes of them is by the lock at the end.
        let mut start = self.next.load(Ordering::Relaxed);
        loop {
            let size = ((self.items - start) / (SHARE * self.threads)).max(1);
            let end = (start + size).min(self.items);
            match self.next.compare_exchange_weak(start, end, Ordering::Relaxed, Ordering::Relaxed)
            {
                Ok(_) => return start..end,
                Err(moved) => start = moved,
            }
        }
    }
}

impl Iterator for Claims<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        if self.mine.is_empty() {
            self.mine = self.claim();
        }
        self.mine.next()
    }

    /// What `sum`, `for_each` and their like are made of. Chunk by chunk, so that the question
    /// whether a chunk is at its end is not asked for every item.
    #[inline]
    fn fold<A, F: FnMut(A, usize) -> A>(mut self, start: A, mut f: F) -> A {
        let mut result = start;
        loop {
            result = std::mem::take(&mut self.mine).fold(result, &mut f);
            self.mine = self.claim();
            if self.mine.is_empty() {
                return result;
            }
        }
    }
}
