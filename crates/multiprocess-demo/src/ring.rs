//! A ring in shared memory: the link whose bytes never go through the kernel.
//!
//! ```text
//!    near process                       memory of both                        far process
//!
//!    write ──▶ copy in ──▶ ▕ . . b b b b b . . ▏ ──▶ copy out ──▶ read
//!                              taken▲    ▲written
//!    read ◀── copy out ◀── ▕ . . . . . . . . . ▏ ◀── copy in ◀── write
//!
//!    sleeps in read(bell) ◀══ pipe ═══════ rings: one byte, if a flag says that the near one sleeps
//!    rings ════════════════ pipe ═════▶ sleeps in read(bell)
//! ```
//!
//! One ring each way, each with one writer and one reader. In reading order:
//!
//! | module | what |
//! |---|---|
//! | [`positions`] | who is where, and who sleeps: the algorithm, checked by loom |
//! | [`region`] | the memory |
//! | [`waiting`] | to spin or to sleep |
//!
//! A bell is a pipe, because a pipe has what a futex lacks: `poll` can wait for it beside others,
//! and *it ends when the process does that holds its other end*. So the death of a process, however
//! it dies, wakes who sleeps for it. What it had published can still be read; what it was about to
//! publish was never there.
//!
//! The far process is trusted not to touch bytes that aren't its to touch, as a thread is. What it
//! claims on its board is not: a position that can't be is an error.

pub mod positions;
pub mod region;
pub mod waiting;

use std::hint;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::PollFlags;
use nix::unistd::{read, write};

use self::positions::{Board, Incoming, NEWS, Outgoing, ROOM};
use self::region::Region;
use self::waiting::{LOOKS, Patience};
use crate::lifeline::pipe;
use crate::link::{Link, Wants};

/// Bytes that a ring holds each way, if nobody says otherwise.
pub const CAPACITY: usize = 256 << 10;

/// Long messages are copied in pieces of so many bytes: the other end copies one out while this one
/// copies the next in.
const PIECE: u64 = 8 << 10;

/// One end of a link through shared memory.
#[derive(Debug)]
pub struct Ring {
    region: Region,
    /// 0 for the near end, 1 for the far one.
    end: usize,
    outgoing: Outgoing,
    incoming: Incoming,
    /// Rung by the other end, to wake this one.
    bell: OwnedFd,
    others_bell: OwnedFd,
    /// Whether the other end was found to be gone.
    gone: bool,
    traffic: Traffic,
}

/// How often an end has asked the kernel for something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Bells rung: a `write` each.
    pub rung: u64,
    /// Sleeps, or looks at the bell after one: a `read` each.
    pub slept: u64,
}

#[expect(unsafe_code, reason = "bytes that another process sees, too")]
impl Ring {
    /// A link whose rings hold so many bytes, a power of two: this process's end, and the descriptors
    /// of the other, for [`far`](Ring::far). They must be closed here once the far process has its
    /// own, or its end will not be noticed.
    ///
    /// # Errors
    /// `InvalidInput` if there can't be a ring of that size; otherwise that there is no memory or no
    /// descriptor to be had. Nothing is left behind then.
    pub fn pair(capacity: usize) -> io::Result<(Ring, Vec<OwnedFd>)> {
        let (region, file) = Region::create(capacity)?;
        let (bell, rings_near) = pipe()?;
        let (far_bell, rings_far) = pipe()?;
        // More rings than a pipe holds are as good as one: nobody ever waits to ring.
        for rings in [&rings_near, &rings_far] {
            fcntl(rings, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        }
        let near = Ring::new(region, 0, bell, rings_far);
        Ok((near, vec![file, far_bell, rings_near]))
    }

    /// The other end, in the process that was given the descriptors.
    ///
    /// # Errors
    /// If they aren't those of a [`pair`](Ring::pair), or the memory can't be mapped.
    pub fn far(descriptors: Vec<OwnedFd>) -> io::Result<Ring> {
        let [file, bell, others_bell]: [OwnedFd; 3] = descriptors.try_into().map_err(|_| {
            io::Error::new(io::ErrorKind::InvalidInput, "a ring has three descriptors")
        })?;
        Ok(Ring::new(Region::map(file)?, 1, bell, others_bell))
    }

    fn new(region: Region, end: usize, bell: OwnedFd, others_bell: OwnedFd) -> Ring {
        let capacity = region.capacity() as u64;
        Ring {
            region,
            end,
            outgoing: Outgoing::new(capacity),
            incoming: Incoming::new(capacity),
            bell,
            others_bell,
            gone: false,
            traffic: Traffic::default(),
        }
    }

    /// What this end has asked of the kernel until now.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.traffic
    }

    fn mine(&self) -> &Board {
        &self.region.boards()[self.end]
    }

    fn others(&self) -> &Board {
        &self.region.boards()[1 - self.end]
    }

    /// Whether there is something to do, if only to learn that the other end is gone or mad.
    fn is_ready(&mut self, wants: Wants) -> bool {
        let [near, far] = self.region.boards();
        let others = if self.end == 0 { far } else { near };
        self.gone
            || !matches!(self.incoming.news(others), Ok(0))
            || wants.room && !matches!(self.outgoing.room(others, 1), Ok(0))
    }

    /// Looks for a while, if that is better than to sleep; whether it was worth it.
    fn spin(&mut self, wants: Wants) -> bool {
        let mut patience = Patience::default();
        while self.worth_spinning() && patience.lasts() {
            for _ in 0..LOOKS {
                if self.is_ready(wants) {
                    return true;
                }
                hint::spin_loop();
            }
        }
        false
    }

    /// Copies a piece into the ring, if there is room for any of it; how much.
    fn put(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let boards = self.region.boards();
        let wanted = PIECE.min(bytes.len() as u64);
        let count = wanted.min(self.outgoing.room(&boards[1 - self.end], wanted)?);
        // SAFETY: this is the end that writes here, and it is room: from the reader's position, which
        // `Outgoing` has checked against the capacity, to the one before which nothing is published.
        unsafe {
            let piece = &bytes[..count as usize];
            self.region.put(self.end, self.outgoing.position(), piece);
        }
        self.outgoing.publish(&boards[self.end], count);
        Ok(count as usize)
    }

    /// Copies a piece out of the ring, if there is any; how much.
    fn take(&mut self, into: &mut Vec<u8>) -> io::Result<usize> {
        let boards = self.region.boards();
        let count = PIECE.min(self.incoming.news(&boards[1 - self.end])?);
        // SAFETY: this is the end that reads here, and the bytes are published: `Incoming` has
        // checked that they are at most a ring full, and none of them is released yet.
        unsafe {
            let (other, position) = (1 - self.end, self.incoming.position());
            self.region.take(other, position, count as usize, into);
        }
        self.incoming.release(&boards[self.end], count);
        Ok(count as usize)
    }

    /// Rings, if the other end sleeps for this.
    fn wake(&mut self, brings: u32) -> io::Result<()> {
        if !self.others().wake(brings) {
            return Ok(());
        }
        self.traffic.rung += 1;
        loop {
            match write(&self.others_bell, &[0]) {
                Ok(_) | Err(Errno::EAGAIN) => return Ok(()),
                Err(Errno::EINTR) => {}
                Err(why) => {
                    self.gone |= why == Errno::EPIPE;
                    return Err(why.into());
                }
            }
        }
    }

    /// Sleeps until the bell rings, or takes up what it has rung.
    fn hear(&mut self) -> io::Result<()> {
        self.traffic.slept += 1;
        loop {
            match read(&self.bell, &mut [0; 64]) {
                Ok(rings) => {
                    self.gone |= rings == 0;
                    return Ok(());
                }
                Err(Errno::EINTR) => {}
                Err(why) => return Err(why.into()),
            }
        }
    }

    fn get_up(&self) {
        self.mine().get_up();
        self.mine().show_cpu(waiting::here());
    }

    /// Whether the other end was last seen on another processor than this one.
    fn is_elsewhere(&self) -> bool {
        waiting::apart(waiting::here(), self.others().cpu())
    }
}

impl Link for Ring {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.gone {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.mine().show_cpu(waiting::here());
        let mut written = 0;
        while written < bytes.len() {
            match self.put(&bytes[written..])? {
                0 => break,
                count => written += count,
            }
            // On a core of its own it can begin at once; on this one it would only interrupt.
            if written < bytes.len() && self.is_elsewhere() {
                self.wake(NEWS)?;
            }
        }
        if written > 0 {
            self.wake(NEWS)?;
        }
        Ok(written)
    }

    fn read(&mut self, into: &mut Vec<u8>) -> io::Result<usize> {
        let mut count = 0;
        while count < CAPACITY {
            match self.take(into)? {
                0 => break,
                more => count += more,
            }
        }
        if count > 0 {
            // That the other end is gone is told when all that it has left was read.
            let _ = self.wake(ROOM);
        } else if self.gone {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(count)
    }

    fn wait(&mut self, wants: Wants) -> io::Result<()> {
        self.mine().show_cpu(waiting::here());
        while !self.is_ready(wants) && !self.spin(wants) && self.doze(wants) {
            self.hear()?;
            self.get_up();
        }
        Ok(())
    }

    fn doze(&mut self, wants: Wants) -> bool {
        self.mine().show_cpu(waiting::here());
        self.mine().lie_down(if wants.room { NEWS | ROOM } else { NEWS });
        let sleeps = !self.is_ready(wants);
        if !sleeps {
            self.mine().get_up();
        }
        sleeps
    }

    fn bell(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }

    fn bell_events(&self, _: Wants) -> PollFlags {
        PollFlags::POLLIN
    }

    fn woken(&mut self, events: PollFlags) -> io::Result<()> {
        self.get_up();
        // Also behind rings that were not heard, because nobody slept then.
        self.gone |= events.contains(PollFlags::POLLHUP);
        match events.is_empty() {
            true => Ok(()),
            // It has rung, or nobody is there who could: either way this doesn't wait.
            false => self.hear(),
        }
    }

    fn worth_spinning(&self) -> bool {
        !self.gone && self.others().is_awake() && self.is_elsewhere()
    }

    fn has_news(&self) -> bool {
        self.incoming.has_news(self.others())
    }
}
