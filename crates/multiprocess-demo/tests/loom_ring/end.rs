//! What `src/ring.rs` makes of the positions, with loom's cells for the bytes (which notice when two
//! threads are at one of them) and a mutex with a signal for the pipe.

use loom::cell::UnsafeCell;
use loom::sync::{Arc, Condvar, Mutex};
use multiprocess_demo::ring::positions::{Board, Incoming, NEWS, Outgoing, ROOM};

/// Where a writer is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// With the bytes copied, and nobody told.
    Copied,
    /// With the bytes published, before it looked whether to ring.
    Published,
    /// When it had wiped the flag of the sleeper, before it rang.
    Wiped,
}

impl Death {
    pub const ALL: [Death; 3] = [Death::Copied, Death::Published, Death::Wiped];

    pub fn has_published(self) -> bool {
        self != Death::Copied
    }
}

/// What both ends see.
struct Memory {
    boards: [Board; 2],
    rings: [Vec<UnsafeCell<u8>>; 2],
    bells: [Bell; 2],
}

/// A pipe.
#[derive(Default)]
struct Bell {
    pipe: Mutex<Pipe>,
    changed: Condvar,
}

#[derive(Default)]
struct Pipe {
    bytes: u32,
    is_closed: bool,
}

impl Bell {
    fn ring(&self) {
        self.pipe.lock().unwrap().bytes += 1;
        self.changed.notify_one();
    }

    fn close(&self) {
        self.pipe.lock().unwrap().is_closed = true;
        self.changed.notify_one();
    }

    /// Sleeps until it rings or is closed; whether it rang.
    fn hear(&self) -> bool {
        let mut pipe = self.pipe.lock().unwrap();
        while pipe.bytes == 0 && !pipe.is_closed {
            pipe = self.changed.wait(pipe).unwrap();
        }
        std::mem::take(&mut pipe.bytes) > 0
    }
}

/// One end, as `Ring` is.
pub struct End {
    memory: Arc<Memory>,
    end: usize,
    outgoing: Outgoing,
    incoming: Incoming,
    gone: bool,
}

/// Two ends of rings that hold so many bytes.
pub fn memory(capacity: usize) -> (End, End) {
    let ring = || (0..capacity).map(|_| UnsafeCell::new(0)).collect();
    let memory = Arc::new(Memory {
        boards: Default::default(),
        rings: [ring(), ring()],
        bells: Default::default(),
    });
    let end = |end| End {
        memory: memory.clone(),
        end,
        outgoing: Outgoing::new(capacity as u64),
        incoming: Incoming::new(capacity as u64),
        gone: false,
    };
    (end(0), end(1))
}

impl End {
    fn others(&self) -> &Board {
        &self.memory.boards[1 - self.end]
    }

    pub fn lie_down(&self, wants: u32) {
        self.memory.boards[self.end].lie_down(wants);
    }

    pub fn get_up(&self) {
        self.memory.boards[self.end].get_up();
    }

    /// As many as there is room for are copied, but not published.
    fn copy_in(&mut self, bytes: &[u8]) -> usize {
        let others = &self.memory.boards[1 - self.end];
        let room = self.outgoing.room(others, bytes.len() as u64).unwrap() as usize;
        let count = room.min(bytes.len());
        let ring = &self.memory.rings[self.end];
        for (i, &byte) in bytes[..count].iter().enumerate() {
            let place = (self.outgoing.position() as usize + i) % ring.len();
            // SAFETY: loom looks whether it is.
            ring[place].with_mut(|cell| unsafe { *cell = byte });
        }
        count
    }

    fn publish(&mut self, count: usize) {
        self.outgoing.publish(&self.memory.boards[self.end], count as u64);
    }

    fn wake(&self, brings: u32) {
        if self.others().wake(brings) {
            self.memory.bells[1 - self.end].ring();
        }
    }

    fn write(&mut self, bytes: &[u8]) -> usize {
        let count = self.copy_in(bytes);
        if count > 0 {
            self.publish(count);
            self.wake(NEWS);
        }
        count
    }

    fn read(&mut self, into: &mut Vec<u8>) -> usize {
        let others = &self.memory.boards[1 - self.end];
        let count = self.incoming.news(others).unwrap() as usize;
        let ring = &self.memory.rings[1 - self.end];
        for i in 0..count {
            let place = (self.incoming.position() as usize + i) % ring.len();
            // SAFETY: loom looks whether it is.
            into.push(ring[place].with(|cell| unsafe { *cell }));
        }
        if count > 0 {
            self.incoming.release(&self.memory.boards[self.end], count as u64);
            self.wake(ROOM);
        }
        count
    }

    fn is_ready(&mut self, wants: u32) -> bool {
        let others = &self.memory.boards[1 - self.end];
        self.gone
            || self.incoming.news(others).unwrap() > 0
            || wants & ROOM != 0 && self.outgoing.room(others, 1).unwrap() > 0
    }

    fn wait(&mut self, wants: u32) {
        while !self.is_ready(wants) {
            self.lie_down(wants);
            if !self.is_ready(wants) {
                self.gone |= !self.memory.bells[self.end].hear();
            }
            self.get_up();
        }
    }

    pub fn send(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            bytes = &bytes[self.write(bytes)..];
            if !bytes.is_empty() {
                self.wait(NEWS | ROOM);
            }
        }
    }

    pub fn receive(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        while bytes.len() < count {
            if self.read(&mut bytes) == 0 {
                self.wait(NEWS);
            }
        }
        bytes
    }

    /// What comes until the other end is gone.
    pub fn receive_all(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while self.read(&mut bytes) > 0 || !self.gone {
            self.wait(NEWS);
        }
        bytes
    }

    /// Sends what there is room for as far as this, and then the kernel closes its pipes.
    pub fn send_and_die(mut self, bytes: &[u8], death: Death) {
        let count = self.copy_in(bytes);
        if death.has_published() {
            self.publish(count);
        }
        if death == Death::Wiped {
            let _ = self.others().wake(NEWS);
        }
        self.memory.bells[1 - self.end].close();
    }
}
