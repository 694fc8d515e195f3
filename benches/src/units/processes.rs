//! Processes, forked: the cheapest way to have one.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use multiprocess_demo::child::{Child, Death};
use multiprocess_demo::lifeline::pipe;
use multiprocess_demo::start::{Entry, Fork, Start};

use super::limits::Kind;
use super::{Model, memory};
use crate::Result;

/// A process each. To hand on takes a pipe each, for which 10,000 find no descriptors.
pub const MODEL: Model = Model {
    name: "processes",
    chapter: "multiprocess-demo",
    kind: Kind::Process,
    memory: wait,
    spawn,
    switch: Some(hand_on),
};

/// More than so many get no pipes.
const RING: u32 = 1_000;

const NOTHING: Entry = Entry { name: "units: nothing", run: |_| {} };

/// Says that it is there, and waits until it is hung up on.
const WAITS: Entry = Entry {
    name: "units: waits",
    run: |descriptors| {
        let mut files = descriptors.into_iter().map(File::from);
        let (Some(mut hangs_up), Some(mut there)) = (files.next(), files.next()) else { return };
        let _ = there.write_all(b".").and_then(|()| hangs_up.read_to_end(&mut Vec::new()));
    },
};

/// Takes a byte from the one before, and gives it to the one behind; until there are no more.
const HANDS_ON: Entry = Entry {
    name: "units: hands on",
    run: |descriptors| {
        let mut files = descriptors.into_iter().map(File::from);
        let (Some(mut before), Some(mut behind)) = (files.next(), files.next()) else { return };
        let mut byte = [0];
        while before.read_exact(&mut byte).and_then(|()| behind.write_all(&byte)).is_ok() {}
    },
};

fn spawn(count: u32) -> Result<Duration> {
    let mut children = Vec::with_capacity(count as usize);
    let start = Instant::now();
    for _ in 0..count {
        children.push(Fork.start(&NOTHING, &[])?);
    }
    all_end_well(children)?;
    Ok(start.elapsed())
}

fn all_end_well(children: Vec<Child>) -> Result {
    for mut child in children {
        match child.wait() {
            Death::Exited(0) => {}
            death => return Err(format!("a process that should end {death}").into()),
        }
    }
    Ok(())
}

fn wait(count: u32) -> Result<Option<f64>> {
    let (hang_up, held) = pipe()?;
    let (there, says) = pipe()?;
    let mut children = Vec::with_capacity(count as usize);
    let each = memory::each(count, || {
        for _ in 0..count {
            children.push(Fork.start(&WAITS, &[hang_up.as_fd(), says.as_fd()])?);
        }
        File::from(there).read_exact(&mut vec![0; count as usize])?;
        let numbers: Vec<_> = children.iter().map(|child| child.id().as_raw()).collect();
        Ok(memory::ours().zip(memory::of_all(&numbers)).map(|(ours, theirs)| ours + theirs))
    });
    drop(held);
    all_end_well(children)?;
    each
}

fn hand_on(count: u32, switches: u64) -> Result<Option<f64>> {
    if count > RING {
        return Ok(None);
    }
    let members = u64::from(count) + 1;
    let laps = switches.div_ceil(members);
    let (mut first, mut begin) = {
        let (read, write) = pipe()?;
        (read, File::from(write))
    };
    let mut children = Vec::with_capacity(count as usize);
    for _ in 0..count {
        let (read, write) = pipe()?;
        children.push(Fork.start(&HANDS_ON, &[first.as_fd(), write.as_fd()])?);
        first = read;
    }
    let (mut last, mut byte) = (File::from(first), [0]);
    let mut lap = || begin.write_all(b".").and_then(|()| last.read_exact(&mut byte));
    // For the first they have to come to life.
    lap()?;
    let start = Instant::now();
    for _ in 0..laps {
        lap()?;
    }
    let took = start.elapsed();
    // Each ends when the one before it has.
    drop(begin);
    all_end_well(children)?;
    Ok(Some(took.as_nanos() as f64 / (laps * members) as f64))
}
