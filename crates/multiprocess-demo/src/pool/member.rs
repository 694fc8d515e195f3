//! A worker, as its pool sees it.

use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};

use nix::unistd::Pid;

use super::task::Task;
use crate::child::{Child, Death};
use crate::frame::Frames;
use crate::link::{Link, Wants};

/// A worker: its process, the link to it, and the tasks that it has not answered.
pub struct Member {
    child: Child,
    pub link: Box<dyn Link>,
    frames: Frames,
    /// What is to be sent to it, and how much of that was.
    outbox: Vec<u8>,
    sent: usize,
    /// In the order in which it was given them; so the first is the one that it works on.
    pub tasks: VecDeque<Task>,
    /// Since when it works on the first.
    since: Instant,
    /// When it was asked for.
    asked: Instant,
    /// How long it took until it said that it is there.
    pub greeted: Option<Duration>,
}

/// A worker is no more, or no more of use.
#[derive(Debug)]
pub struct Gone;

impl Member {
    pub fn new(child: Child, link: Box<dyn Link>, asked: Instant) -> Member {
        Member {
            child,
            link,
            frames: Frames::default(),
            outbox: Vec::new(),
            sent: 0,
            tasks: VecDeque::new(),
            since: asked,
            asked,
            greeted: None,
        }
    }

    pub fn id(&self) -> Pid {
        self.child.id()
    }

    /// Gives it a task; [`Member::send`] sends it.
    pub fn give(&mut self, task: Task, now: Instant) {
        if self.tasks.is_empty() {
            self.since = now;
        }
        task.put(&mut self.outbox);
        self.tasks.push_back(task);
    }

    /// Sends what there is room for now.
    pub fn send(&mut self) {
        while self.sent < self.outbox.len() {
            match self.link.write(&self.outbox[self.sent..]) {
                Ok(0) => return,
                Ok(sent) => self.sent += sent,
                // That it is gone is found where it is listened to, after its last words.
                Err(_) => break,
            }
        }
        self.outbox.clear();
        self.sent = 0;
    }

    pub fn wants(&self) -> Wants {
        Wants { room: self.sent < self.outbox.len() }
    }

    /// Takes in what it has answered: `answered` gets each task with its answer. Returns how many,
    /// and how long they took.
    ///
    /// # Errors
    /// If it is gone, or what it says is no answer; `answered` has seen all that it said before.
    pub fn hear(
        &mut self,
        now: Instant,
        answered: &mut dyn FnMut(Task, &[u8]),
    ) -> Result<(usize, Duration), Gone> {
        let mut tasks = 0;
        loop {
            let read = self.link.read(self.frames.inbox());
            while let Some(payload) = self.frames.take().map_err(|_| Gone)? {
                if self.greeted.is_none() && payload.is_empty() {
                    self.greeted = Some(now.saturating_duration_since(self.asked));
                    continue;
                }
                let task = self.tasks.pop_front().ok_or(Gone)?;
                answered(task, payload);
                tasks += 1;
            }
            match read {
                Ok(0) => break,
                Ok(_) => {}
                Err(_) => return Err(Gone),
            }
        }
        let took = now.saturating_duration_since(self.since);
        if tasks > 0 {
            self.since = now;
        }
        Ok((tasks, took))
    }

    /// When the deadline of the task that it works on passes.
    pub fn deadline(&self) -> Option<Instant> {
        Some(self.since + self.tasks.front()?.deadline?)
    }

    /// Ends it, if it has not ended, and returns how it did and what it leaves undone.
    pub fn bury(mut self) -> (Death, VecDeque<Task>) {
        (self.child.kill(), self.tasks)
    }

    /// Tells it that no more comes: the link ends. What it works on it finishes.
    pub fn dismiss(self) -> Child {
        self.child
    }

    /// Sleeps no more.
    pub fn woken(&mut self, events: nix::poll::PollFlags) -> io::Result<()> {
        self.link.woken(events)
    }
}
