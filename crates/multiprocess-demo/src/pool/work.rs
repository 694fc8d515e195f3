//! A worker's life: it reads a task, runs it, writes the answer, until no more comes.

use std::io;
use std::os::fd::OwnedFd;
use std::panic;

use super::task::Task;
use crate::frame::{self, Frames, TooLong};
use crate::function::{Callable, refuse};
use crate::link::{self, Link, Wants};

/// What is said of an answer that doesn't fit.
const TOO_LONG: &str = "what it returned is too long for a message";

/// Room for saying that of one item.
const LEAST: usize = 64;

/// Works for the pool at the other end of these descriptors, until that is gone.
pub fn work(descriptors: Vec<OwnedFd>, functions: &[&dyn Callable]) {
    // What a panic says is the answer to a task, and is said there.
    panic::set_hook(Box::new(|_| {}));
    // That the pool is gone is the ordinary end.
    let _ = link::far(descriptors).and_then(|link| Worker::new(link).work(functions));
}

struct Worker {
    link: Box<dyn Link>,
    frames: Frames,
    outbox: Vec<u8>,
}

impl Worker {
    fn new(link: Box<dyn Link>) -> Worker {
        Worker { link, frames: Frames::default(), outbox: Vec::new() }
    }

    fn work(&mut self, functions: &[&dyn Callable]) -> io::Result<()> {
        // An empty frame says: here I am.
        let _ = frame::put::<TooLong>(&mut self.outbox, |_| Ok(()));
        self.send()?;
        loop {
            while let Some(payload) = self.frames.take().map_err(io::Error::other)? {
                answer(payload, functions, &mut self.outbox)?;
                // At once, not when there is more of it: until it is out, the pool counts on this
                // task being the one that is worked on.
                self.send()?;
            }
            if self.link.read(self.frames.inbox())? == 0 {
                self.link.wait(Wants { room: false })?;
            }
        }
    }

    fn send(&mut self) -> io::Result<()> {
        let mut sent = 0;
        while sent < self.outbox.len() {
            match self.link.write(&self.outbox[sent..])? {
                // Reads meanwhile, so that news don't keep it from sleeping until there is room. The
                // pool bounds how many tasks there can be.
                0 if self.link.read(self.frames.inbox())? == 0 => {
                    self.link.wait(Wants { room: true })?;
                }
                more => sent += more,
            }
        }
        self.outbox.clear();
        Ok(())
    }
}

/// Appends the answers to a task's items.
fn answer(payload: &[u8], functions: &[&dyn Callable], outbox: &mut Vec<u8>) -> io::Result<()> {
    let garbled = || io::Error::other(frame::Garbled);
    let (function, items, mut rest) = Task::parts(payload).ok_or_else(garbled)?;
    let function = functions.get(usize::from(function)).ok_or_else(garbled)?;
    let begin = outbox.len();
    frame::put::<TooLong>(outbox, |out| {
        // Where one argument can't be decoded, nobody knows where the next one begins.
        let mut unread = None;
        for left in (1..=items as usize).rev() {
            let start = out.len();
            if unread.is_none() {
                match function.call(rest, out) {
                    Ok(behind) => rest = behind,
                    Err(why) => unread = Some(format!("its argument can't be decoded: {why}")),
                }
            }
            if let Some(why) = &unread {
                refuse(why, out);
            } else if out.len() - begin + left * LEAST > frame::LONGEST {
                out.truncate(start);
                refuse(TOO_LONG, out);
            }
        }
        Ok(())
    })
    .map_err(io::Error::other)
}
