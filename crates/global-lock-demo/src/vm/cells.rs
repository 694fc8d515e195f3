//! Places for values that several threads may read and write at any time: an object's contents.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Acquire, Ordering::Relaxed, Ordering::Release};

use super::value::Value;

/// How many cells lie in the object itself.
const NEAR: usize = 3;
/// How many there are in the first block outside; each block has twice as many as the one before.
const FIRST_BLOCK: usize = 4;
/// How many blocks there may be.
const BLOCKS: usize = 18;
/// How many cells there may be.
pub const MOST: usize = NEAR + FIRST_BLOCK * ((1 << BLOCKS) - 1);

/// A list of values that grows without ever moving one, so that who reads needs no lock: what a
/// reader finds is a value that was there at some time. Nothing here counts references.
///
/// (CPython's list is one block of memory that moves when it grows. In a build with the lock that
/// is safe because nobody reads meanwhile; the free-threaded build delays freeing the old block.)
#[derive(Debug, Default)]
pub struct Cells {
    length: AtomicU64,
    near: [AtomicU64; NEAR],
    far: OnceLock<Box<[Block; BLOCKS]>>,
}

type Block = OnceLock<Box<[AtomicU64]>>;

impl Cells {
    /// How many values there are.
    #[inline]
    pub fn length(&self) -> usize {
        self.length.load(Acquire) as usize
    }

    /// The cell at this place, if there is one.
    #[inline]
    pub fn at(&self, place: usize) -> Option<&AtomicU64> {
        if place >= self.length() { None } else { self.cell(place) }
    }

    /// Appends a value: `false` if there is no room. Two threads that do this at once may lose one
    /// of the two values.
    #[must_use]
    pub fn push(&self, value: Value) -> bool {
        let length = self.length();
        let Some(cell) = self.cell(length) else { return false };
        cell.store(value.bits(), Relaxed);
        self.length.store(length as u64 + 1, Release);
        true
    }

    /// Forgets all values; the room stays.
    pub fn clear(&self) {
        self.length.store(0, Relaxed);
    }

    /// The values from first to last.
    pub fn values(&self) -> impl Iterator<Item = Value> {
        (0..self.length()).map_while(|place| self.get(place))
    }

    /// The value at this place, if there is one.
    #[inline]
    pub fn get(&self, place: usize) -> Option<Value> {
        self.at(place).map(|cell| Value::from_bits(cell.load(Relaxed)))
    }

    #[inline]
    fn cell(&self, place: usize) -> Option<&AtomicU64> {
        if place < NEAR { Some(&self.near[place]) } else { self.far_cell(place - NEAR) }
    }

    fn far_cell(&self, place: usize) -> Option<&AtomicU64> {
        // Block b starts at FIRST_BLOCK * (2^b - 1).
        let block = (place / FIRST_BLOCK + 1).ilog2() as usize;
        let within = place - FIRST_BLOCK * ((1 << block) - 1);
        let blocks = self.far.get_or_init(Box::default);
        let room = || (0..FIRST_BLOCK << block).map(|_| AtomicU64::default()).collect();
        Some(&blocks.get(block)?.get_or_init(room)[within])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_where_they_were_put() {
        let cells = Cells::default();
        let number = |i: usize| Value::int(i as i64).unwrap();
        for i in 0..1000 {
            assert!(cells.at(i).is_none());
            assert!(cells.push(number(i)));
        }
        assert!(cells.values().eq((0..1000).map(number)));
        cells.at(500).unwrap().store(number(7).bits(), Relaxed);
        assert_eq!(cells.get(500), Some(number(7)));
        cells.clear();
        assert!(cells.length() == 0 && cells.at(0).is_none());
    }

    #[test]
    fn there_is_an_end_to_them() {
        let cells = Cells::default();
        assert!(cells.cell(MOST - 1).is_some() && cells.cell(MOST).is_none());
    }
}
