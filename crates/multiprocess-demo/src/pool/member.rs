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
    /// It had nothing to do until it was given the first, which was not sent yet.
    idle: bool,
    /// When it began with the first is not known: it had it before its greeting was heard.
    unseen: bool,
    /// When its link last moved something of the first: a piece of the task, or of its answer.
    moved: Instant,
    /// Writing to it has failed.
    deaf: bool,
    /// Its end of the link is closed.
    hung_up: bool,
    /// When it was asked for.
    asked: Instant,
    /// How long it took until it said that it is there.
    pub greeted: Option<Duration>,
}

/// How long a worker may take to say that it is there; one that was stopped takes for ever.
const BIRTH: Duration = Duration::from_secs(10);

/// How long a worker whose link has ended may take to end itself.
const LAST_BREATH: Duration = Duration::from_millis(50);

/// How many bytes a worker is given ahead, beyond which it must take some first.
const MOST_BYTES: usize = 64 * 1024;

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
            idle: false,
            unseen: false,
            moved: asked,
            deaf: false,
            hung_up: false,
            asked,
            greeted: None,
        }
    }

    pub fn id(&self) -> Pid {
        self.child.id()
    }

    /// Gives it a task; [`Member::send`] sends it.
    pub fn give(&mut self, task: Task) {
        self.idle |= self.tasks.is_empty();
        task.put(&mut self.outbox);
        self.tasks.push_back(task);
    }

    /// From now on, what it was given before may take as long as this, too.
    pub fn hurry(&mut self, deadline: Option<Duration>, now: Instant) {
        for task in &mut self.tasks {
            task.deadline = task.deadline.into_iter().chain(deadline).min();
        }
        self.moved = now;
    }

    /// Whether it takes in what it is given. One that doesn't gets no more: that would pile up here.
    pub fn takes_more(&self) -> bool {
        self.unsent() < MOST_BYTES && self.sent == 0
    }

    fn unsent(&self) -> usize {
        self.outbox.len() - self.sent
    }

    /// Sends what there is room for now.
    pub fn send(&mut self, now: Instant) {
        if std::mem::replace(&mut self.idle, false) {
            self.since = now;
            self.moved = now;
        }
        while !self.deaf && self.sent < self.outbox.len() {
            match self.link.write(&self.outbox[self.sent..]) {
                Ok(0) => return,
                Ok(sent) => self.sent += sent,
                // That it is gone is found where it is listened to, after its last words.
                Err(_) => self.deaf = true,
            }
            // What is sent is of the first task, if that is the only one.
            if self.tasks.len() == 1 {
                self.moved = now;
            }
        }
        if !self.deaf {
            self.outbox.clear();
            self.sent = 0;
        }
    }

    pub fn wants(&self) -> Wants {
        Wants { room: !self.deaf && self.unsent() > 0 }
    }

    /// Takes in what it has answered: `answered` gets each task with its answer. Returns how many,
    /// and how long they took, as far as that is known.
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
                // A worker says that it is there, once, by an empty message; no answer is empty.
                if self.greeted.is_none() != payload.is_empty() {
                    return Err(Gone);
                }
                if self.greeted.is_none() {
                    self.greeted = Some(now.saturating_duration_since(self.asked));
                    // What it was given before begins now.
                    self.since = now;
                    self.unseen = !self.tasks.is_empty();
                    continue;
                }
                let task = self.tasks.pop_front().ok_or(Gone)?;
                answered(task, payload);
                tasks += 1;
            }
            match read {
                Ok(0) if self.deaf => return Err(Gone),
                Ok(0) => break,
                Ok(_) => self.moved = now,
                Err(_) => {
                    self.hung_up = true;
                    return Err(Gone);
                }
            }
        }
        let took = now.saturating_duration_since(self.since);
        if tasks > 0 {
            self.since = now;
            if std::mem::replace(&mut self.unseen, false) {
                return Ok((0, took));
            }
        }
        Ok((tasks, took))
    }

    /// When the deadline of the task that it works on passes; or, before it is there, when it should
    /// be. While a long task is on its way to it, or a long answer from it, it is not late: that is
    /// also for us to see to, and the caller may have been away.
    pub fn deadline(&self) -> Option<Instant> {
        if self.greeted.is_none() {
            return Some(self.asked + BIRTH);
        }
        self.since.max(self.moved).checked_add(self.tasks.front()?.deadline?)
    }

    pub fn is_late(&self, now: Instant) -> bool {
        self.deadline().is_some_and(|deadline| deadline <= now)
    }

    /// Whether it may have died of the first of its tasks: it was there, and was sent some of it.
    pub fn has_begun(&self) -> bool {
        let given: usize = self.tasks.iter().map(Task::length).sum();
        self.greeted.is_some() && self.unsent() < given
    }

    /// Ends it, if it has not ended, and returns how it did and what it leaves undone.
    pub fn bury(mut self) -> (Death, VecDeque<Task>) {
        if self.hung_up {
            // Its descriptors are closed before the rest of it ends: this is how that ends, not ours.
            let _ = self.child.wait_at_most(LAST_BREATH);
        }
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
