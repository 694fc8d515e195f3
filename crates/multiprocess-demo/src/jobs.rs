//! What the workers of this chapter can do.

pub mod faults;
pub mod problems;
pub mod timed;

use crate::pool::{Repertoire, work};
use crate::start::Entry;

/// The functions, and the entry where a worker begins.
pub const REPERTOIRE: Repertoire = Repertoire {
    entry: Entry { name: "worker", run: |descriptors| work(descriptors, REPERTOIRE.functions) },
    functions: &[
        &faults::ECHO,
        &faults::WORK_FOR,
        &faults::END,
        &faults::ABORT,
        &faults::HANG,
        &faults::PANIC,
        &problems::CHAIN,
        &problems::PRIMES,
        &problems::FETCH,
        &problems::ORDERS,
        &problems::WORDS,
        &timed::NEXT,
        &timed::STRETCH,
        &timed::COUNT,
    ],
};
