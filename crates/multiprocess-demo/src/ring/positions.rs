//! Where the two ends are in the rings, and who of them sleeps: the algorithm, without the bytes.
//!
//! ```text
//!            taken ──▶              written ──▶
//!   ┌──────────┬──────────────────────┬───────────┐
//!   │   room   │  published, unread   │   room    │   place = position mod capacity
//!   └──────────┴──────────────────────┴───────────┘
//! ```
//!
//! A position counts all the bytes there ever were, so it only grows, and `written - taken` is what
//! lies in the ring. Each position has one owner, who alone writes it, and who trusts only its own
//! copy of it. It moves *after* the bytes were copied: who is killed halfway has published nothing.
//!
//! The orderings: a position is stored with `Release` and read with `Acquire`, so who sees the
//! position sees the bytes before it (`written`), or is allowed to overwrite them (`taken`). The
//! flag of a sleeper is another thing, see [`Board::lie_down`]. loom checks all of it, see
//! `tests/loom_ring.rs`.

use std::io;

use crate::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

/// A sleeper wants to be woken for bytes that come in.
pub const NEWS: u32 = 1;
/// A sleeper wants to be woken for room to write.
pub const ROOM: u32 = 2;

/// Alone on its cache lines: two of 64 bytes, since processors fetch them in pairs.
#[derive(Debug, Default)]
#[repr(C, align(128))]
struct Apart<T>(T);

/// What one end lets the other know, in memory that both see. All zero at the start.
#[derive(Debug, Default)]
#[repr(C)]
pub struct Board {
    /// How many bytes it has written into the ring that goes out from it.
    written: Apart<AtomicU64>,
    /// How many it has taken from the ring that comes in.
    taken: Apart<AtomicU64>,
    /// What it sleeps for; 0 while it is awake.
    sleeps: Apart<AtomicU32>,
    /// The processor that it was last seen on, counted from 1; 0 if that is not known.
    cpu: Apart<AtomicU32>,
}

impl Board {
    /// The owner goes to sleep, and **must look once more** whether what it waits for has come.
    ///
    /// The sleeper stores its flag and then reads a position; the other end stores that position
    /// and then reads the flag. The fences forbid that both read the old value, which `Release`
    /// and `Acquire` would allow: either the sleeper sees that it must not sleep, or the other end
    /// sees that it must ring.
    ///
    /// The flag changes by swaps only. A store would do, but loom would let one come between the
    /// reading and the writing of the other end's swap, which C11 forbids.
    pub fn lie_down(&self, wants: u32) {
        self.sleeps.0.swap(wants, Ordering::Relaxed);
        fence(Ordering::SeqCst);
    }

    /// The owner is awake. The other end may have rung meanwhile, or be about to.
    pub fn get_up(&self) {
        self.sleeps.0.swap(0, Ordering::Relaxed);
    }

    /// For the other end, after it moved a position: whether it must ring the owner's bell.
    #[must_use]
    pub fn wake(&self, brings: u32) -> bool {
        fence(Ordering::SeqCst);
        // Who wipes the flag rings, even if it is a later sleep's, for something else: nobody else
        // would.
        self.sleeps.0.load(Ordering::Relaxed) & brings != 0
            && self.sleeps.0.swap(0, Ordering::Relaxed) != 0
    }

    /// Whether the owner is awake, or about to be.
    #[must_use]
    pub fn is_awake(&self) -> bool {
        self.sleeps.0.load(Ordering::Relaxed) == 0
    }

    /// The owner says on which processor it runs.
    pub fn show_cpu(&self, cpu: u32) {
        // The other end reads this often, so it is written only if it has changed.
        if self.cpu.0.load(Ordering::Relaxed) != cpu {
            self.cpu.0.store(cpu, Ordering::Relaxed);
        }
    }

    /// Where the owner ran when it last said so.
    #[must_use]
    pub fn cpu(&self) -> u32 {
        self.cpu.0.load(Ordering::Relaxed)
    }
}

/// The writer's view of a ring.
#[derive(Debug)]
pub struct Outgoing {
    capacity: u64,
    written: u64,
    /// As last seen: the reader's cache line is fetched only when the ring looks too full.
    taken: u64,
}

impl Outgoing {
    /// For an empty ring of so many bytes.
    #[must_use]
    pub fn new(capacity: u64) -> Outgoing {
        Outgoing { capacity, written: 0, taken: 0 }
    }

    /// How many bytes may be written. If that is less than `enough`, it is what the reader's board
    /// says now.
    ///
    /// # Errors
    /// If the board says what can't be.
    pub fn room(&mut self, reader: &Board, enough: u64) -> io::Result<u64> {
        if self.capacity - (self.written - self.taken) < enough {
            let taken = reader.taken.0.load(Ordering::Acquire);
            if self.written.wrapping_sub(taken) > self.capacity {
                return Err(nonsense());
            }
            self.taken = taken;
        }
        Ok(self.capacity - (self.written - self.taken))
    }

    /// Where the next byte goes.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.written
    }

    /// So many bytes were copied to [`position`](Outgoing::position): the reader may have them.
    pub fn publish(&mut self, mine: &Board, bytes: u64) {
        self.written += bytes;
        mine.written.0.store(self.written, Ordering::Release);
    }
}

/// The reader's view of a ring.
#[derive(Debug)]
pub struct Incoming {
    capacity: u64,
    taken: u64,
    /// As last seen: the writer's cache line is fetched only when all that was seen is taken.
    written: u64,
}

impl Incoming {
    /// For an empty ring of so many bytes.
    #[must_use]
    pub fn new(capacity: u64) -> Incoming {
        Incoming { capacity, taken: 0, written: 0 }
    }

    /// How many bytes may be read.
    ///
    /// # Errors
    /// If the writer's board says what can't be.
    pub fn news(&mut self, writer: &Board) -> io::Result<u64> {
        if self.written == self.taken {
            let written = writer.written.0.load(Ordering::Acquire);
            if written.wrapping_sub(self.taken) > self.capacity {
                return Err(nonsense());
            }
            self.written = written;
        }
        Ok(self.written - self.taken)
    }

    /// Whether [`news`](Incoming::news) would have anything to say.
    #[must_use]
    pub fn has_news(&self, writer: &Board) -> bool {
        self.written != self.taken || writer.written.0.load(Ordering::Relaxed) != self.taken
    }

    /// Where the next byte is.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.taken
    }

    /// So many bytes were copied from [`position`](Incoming::position): the writer may overwrite
    /// them.
    pub fn release(&mut self, mine: &Board, bytes: u64) {
        self.taken += bytes;
        mine.taken.0.store(self.taken, Ordering::Release);
    }
}

fn nonsense() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the far end claims a position that can't be")
}
