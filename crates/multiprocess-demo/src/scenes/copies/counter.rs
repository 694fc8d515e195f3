//! A counter on both sides of a fork.

use std::hint::black_box;
use std::io;

use crate::scenes::forked::{forked, receive, send};

/// What a counter came to, and where it stands.
pub struct Counted {
    pub parent: u64,
    pub child: u64,
    pub address: u64,
    pub childs_address: u64,
}

/// The child counts so far.
pub fn count(times: u64) -> io::Result<Counted> {
    // Threads would share this box: with them, the parent sees what is counted.
    let mut counter = Box::new(0_u64);
    let (from_child, to_parent) = io::pipe()?;
    let mut child = forked(|| {
        let to_parent = to_parent;
        for _ in 0..times {
            *black_box(&mut *counter) += 1;
        }
        send(&to_parent, [*counter, (&raw const *counter).addr() as u64]).map_or(1, |()| 0)
    })?;
    let [seen, childs_address] = receive(&from_child)?;
    child.wait();
    let address = (&raw const *counter).addr() as u64;
    Ok(Counted { parent: *black_box(&mut *counter), child: seen, address, childs_address })
}
