//! Who works for the pool: the dead are buried, and others take their places.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use super::Pool;
use super::member::Member;
use super::results::Client;
use super::task::How;
use crate::child::Death;
use crate::start::explain;

/// How many workers in a row may die before they have said that they are there.
const STILLBORN: u32 = 3;

/// After how long to ask again for a worker when there was none to be had.
pub const LATER: Duration = Duration::from_millis(50);

/// How long tasks wait for a worker when there is none, before they fail for it.
const PATIENCE: Duration = Duration::from_secs(1);

/// A worker that died, and whose place was taken at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replacement {
    /// How the one died.
    pub death: Death,
    /// How long it took to reap it and start the other.
    pub took: Duration,
}

/// What the pool knows of its workers as such.
#[derive(Default)]
pub struct Crew {
    pub replacements: Vec<Replacement>,
    /// How many have died before they were there, since the last one that was.
    stillborn: u32,
    /// Why there are too few of them, and since when.
    pub shortage: Option<(String, Instant)>,
    /// Since when none of them has been there.
    deserted: Option<Instant>,
}

impl Crew {
    /// A worker has said that it is there.
    pub fn greeted(&mut self) {
        self.stillborn = 0;
        self.deserted = None;
    }
}

impl Pool {
    /// Buries a worker, and takes its tasks back: the one that it was at has cost it.
    pub(super) fn bury(&mut self, place: usize, late: Option<Duration>, client: &mut dyn Client) {
        let began = Instant::now();
        let member = self.members.remove(place);
        let (greeted, has_begun) = (member.greeted.is_some(), member.has_begun());
        let (death, mut tasks) = member.bury();
        // One that was never there, or was sent nothing, has not died of a task.
        let culprit = if has_begun { tasks.pop_front() } else { None };
        self.crew.stillborn += u32::from(!greeted);
        for task in tasks.into_iter().rev().filter(|task| task.run == self.run) {
            self.again.push_front(task);
        }
        if let Some(mut task) = culprit.filter(|task| task.run == self.run) {
            task.cost += 1;
            if task.items() > 1 {
                // One of them is to blame, so from now on each answers for itself.
                task.split().rev().for_each(|task| self.again.push_front(task));
            } else if task.cost >= task.tries {
                let tries = task.cost;
                let how = match late {
                    Some(deadline) => How::Late { tries, deadline },
                    None => How::Died { tries, death },
                };
                client.failed(&task, &how);
            } else {
                self.again.push_front(task);
            }
        }
        if self.members.is_empty() {
            self.crew.deserted.get_or_insert(began);
        }
        if self.crew.stillborn >= STILLBORN {
            // Neither tried again and again, nor for ever given up.
            let why = format!("workers end as soon as they are started, the last one {death}");
            self.crew.shortage = Some((why, began));
            return;
        }
        match self.recruit() {
            Ok(member) => {
                // At the same place: who works where is not shuffled by a death.
                self.members.insert(place, member);
                self.crew.replacements.push(Replacement { death, took: began.elapsed() });
            }
            Err(why) => self.crew.shortage = Some((why.to_string(), began)),
        }
    }

    /// A new worker.
    pub(super) fn recruit(&mut self) -> io::Result<Member> {
        let asked = Instant::now();
        let (link, far) = self.options.transport.pair().map_err(explain)?;
        let descriptors: Vec<_> = far.iter().map(OwnedFd::as_fd).collect();
        let child = self.starter.start(&self.repertoire.entry, &descriptors).map_err(explain)?;
        Ok(Member::new(child, link, asked))
    }

    /// Asks again for the workers that were not to be had, after a while.
    pub(super) fn replenish(&mut self) {
        let Some((_, since)) = &self.crew.shortage else { return };
        let now = Instant::now();
        if now.saturating_duration_since(*since) < LATER {
            return;
        }
        while self.members.len() < self.options.workers.max(1) {
            match self.recruit() {
                // If they die at birth, one is enough to see whether they still do.
                Ok(member) if self.crew.stillborn >= STILLBORN => {
                    self.members.push(member);
                    self.crew.shortage.as_mut().expect("looked at above").1 = now;
                    return;
                }
                Ok(member) => self.members.push(member),
                Err(why) => {
                    self.crew.shortage = Some((why.to_string(), now));
                    return;
                }
            }
        }
        self.crew.shortage = None;
    }

    /// Whether there has been no worker for so long that there may never be one.
    pub(super) fn is_deserted(&self) -> bool {
        self.crew.deserted.is_some_and(|at| at.elapsed() >= PATIENCE)
    }
}
