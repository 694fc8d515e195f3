//! How often a ring asks the kernel for something.

use std::io;
use std::os::fd::AsFd;

use crate::link::{Link, Wants};
use crate::ring::{CAPACITY, Ring, Traffic};
use crate::scenes::tax::cores::{self, Core};
use crate::start::{Entry, Start};

/// What a process does at a ring that sends back all that comes: the first byte says on which core,
/// and comes back when it is there.
pub const ECHO: Entry = Entry {
    name: "shared: echo",
    run: |descriptors| {
        if let Ok(mut ring) = Ring::far(descriptors) {
            let _ = echo(&mut ring);
        }
    },
};

const ANYWHERE: u8 = u8::MAX;

fn echo(ring: &mut Ring) -> io::Result<()> {
    let mut bytes = Vec::new();
    let mut placed = false;
    loop {
        if ring.read(&mut bytes)? == 0 {
            ring.wait(Wants { room: false })?;
            continue;
        }
        if !placed && bytes[0] != ANYWHERE {
            cores::stay_on(&[usize::from(bytes[0])]);
        }
        placed = true;
        while !bytes.is_empty() {
            let count = ring.write(&bytes)?;
            bytes.drain(..count);
            if !bytes.is_empty() {
                ring.wait(Wants { room: true })?;
            }
        }
    }
}

/// So many messages of 64 bytes to a process on this core and back, one at a time: what this end
/// asked of the kernel for it.
///
/// # Errors
/// If there is no process, memory or descriptor to be had.
pub fn traffic(starter: &mut dyn Start, core: Core, messages: u64) -> io::Result<Traffic> {
    let (mut ring, far) = Ring::pair(CAPACITY)?;
    let given: Vec<_> = far.iter().map(AsFd::as_fd).collect();
    let _child = starter.start(&ECHO, &given)?;
    drop(given);
    // Or its end would not be noticed: this process would hold the bell that it rings.
    drop(far);
    let place = core.and_then(|core| u8::try_from(core).ok()).unwrap_or(ANYWHERE);
    exchange(&mut ring, &[place])?;
    let before = ring.traffic();
    for _ in 0..messages {
        exchange(&mut ring, &[1; 64])?;
    }
    let after = ring.traffic();
    Ok(Traffic { rung: after.rung - before.rung, slept: after.slept - before.slept })
}

fn exchange(ring: &mut Ring, bytes: &[u8]) -> io::Result<()> {
    // What is under way is never more than fits.
    ring.write(bytes)?;
    let mut back = Vec::new();
    while back.len() < bytes.len() {
        if ring.read(&mut back)? == 0 {
            ring.wait(Wants { room: false })?;
        }
    }
    Ok(())
}
