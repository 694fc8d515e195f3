//! The pool at work: it hands out, listens, sleeps, and replaces who has died.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::Pool;
use super::member::{Gone, Member};
use super::results::{Client, Next};
use super::task::How;
use super::window::Window;
use crate::child::Death;
use crate::start::explain;

/// How many workers in a row may die before they have said that they are there.
const STILLBORN: u32 = 3;

/// After how long to ask again for a worker when there was none to be had.
const LATER: Duration = Duration::from_millis(50);

/// How long tasks wait for a worker when there is none, before they fail for it.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long nobody is asked whether they live while there are answers to be had.
const SILENCE: Duration = Duration::from_millis(1);

/// How long to look for an answer before going to sleep, if workers are running on other cores: about
/// what it takes to be woken.
const SPIN: Duration = Duration::from_micros(30);

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
    shortage: Option<(String, Instant)>,
    /// Since when none of them has been there.
    deserted: Option<Instant>,
}

impl Pool {
    /// Does the client's tasks until it has a result, or there is none to come.
    pub(super) fn serve(&mut self, client: &mut dyn Client) {
        let mut dry = false;
        loop {
            // Who is dead says nothing, and is not asked while others have news without end.
            if self.listened.is_none_or(|at| at.elapsed() > SILENCE) {
                self.listen(PollTimeout::ZERO);
            }
            self.hear(client);
            self.end_the_late(client);
            self.replenish();
            // Before anybody looks at the results: so the workers have something to do meanwhile.
            self.hand_out(&mut dry, client);
            if client.has_results() {
                return;
            }
            let run = self.run;
            let under_way = |member: &Member| member.tasks.iter().any(|task| task.run == run);
            if dry && self.again.is_empty() && !self.members.iter().any(under_way) {
                return;
            }
            self.sleep();
        }
    }

    /// Begins a run of a function whose tasks may take so long. A worker that is at a task of an
    /// earlier run has as long for that.
    pub(super) fn begin(&mut self, function: u16, deadline: Option<Duration>) {
        self.abandon();
        self.listened = None;
        // Another function takes another time.
        if self.window_of.replace(function) != Some(function) {
            self.window = Window::default();
        }
        let now = Instant::now();
        self.members.iter_mut().for_each(|member| member.hurry(deadline, now));
    }

    /// Forgets what nobody waits for any more.
    pub(super) fn abandon(&mut self) {
        self.again.clear();
        // Whoever is at one of its tasks finishes it; the next run does not know it.
        self.run += 1;
    }

    /// Takes in what was answered, and sees who has died.
    fn hear(&mut self, client: &mut dyn Client) {
        let mut place = 0;
        while place < self.members.len() {
            // Each time, because to bury one and start another takes its time.
            let now = Instant::now();
            let Pool { members, window, crew, run, .. } = self;
            let member = &mut members[place];
            let greeted = member.greeted.is_some();
            let heard = member.hear(now, &mut |task, answers| {
                if task.run == *run {
                    client.answered(&task, answers);
                }
            });
            if !greeted && member.greeted.is_some() {
                crew.stillborn = 0;
                crew.deserted = None;
            }
            match heard {
                Ok((0, _)) => {}
                Ok((tasks, took)) => window.note(tasks, took),
                Err(Gone) => {
                    self.bury(place, None, client);
                    continue;
                }
            }
            place += 1;
        }
    }

    /// Ends the workers whose deadline has passed.
    fn end_the_late(&mut self, client: &mut dyn Client) {
        let now = Instant::now();
        if !self.members.iter().any(|member| member.is_late(now)) {
            return;
        }
        // Or it was the caller who was away, or we: first, what has come meanwhile, who has died, and
        // what there is room for now.
        self.listen(PollTimeout::ZERO);
        self.members.iter_mut().for_each(|member| member.send(now));
        self.hear(client);
        let mut place = 0;
        while place < self.members.len() {
            if self.members[place].is_late(now) {
                let late = self.members[place].tasks.front().and_then(|task| task.deadline);
                self.bury(place, late, client);
            }
            // Who has taken its place is not late.
            place += 1;
        }
    }

    /// Buries a worker, and takes its tasks back: the one that it was at has cost it.
    fn bury(&mut self, place: usize, late: Option<Duration>, client: &mut dyn Client) {
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
    fn replenish(&mut self) {
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

    /// Gives each worker as many tasks as it may have, the idle ones first. If there has been no worker
    /// for a while, the next task has failed: the ones behind it may be luckier.
    fn hand_out(&mut self, dry: &mut bool, client: &mut dyn Client) {
        let most = self.window.tasks();
        loop {
            let place = self.least_busy();
            match place {
                Some(place) if self.members[place].tasks.len() >= most => break,
                None if !self.members.is_empty() || !self.is_deserted() => break,
                None if client.has_results() => break,
                _ => {}
            }
            let next = match self.again.pop_front() {
                Some(task) => Next::Task(task),
                None if *dry => break,
                None => client.next(),
            };
            match (next, place) {
                (Next::Task(task), Some(place)) => {
                    let member = &mut self.members[place];
                    member.give(task);
                    if member.tasks.len() == 1 {
                        // At once: what comes next may take the caller long to make.
                        member.send(Instant::now());
                    }
                }
                (Next::Task(task), None) => {
                    let why = self.crew.shortage.as_ref().map(|(why, _)| why.clone());
                    client.failed(&task, &How::Nobody(why.unwrap_or_default()));
                }
                (Next::Failed, _) => break,
                (Next::Nothing, _) => {
                    *dry = true;
                    break;
                }
            }
        }
        let now = Instant::now();
        self.members.iter_mut().for_each(|member| member.send(now));
    }

    /// Whether there has been no worker for so long that there may never be one.
    fn is_deserted(&self) -> bool {
        self.crew.deserted.is_some_and(|at| at.elapsed() >= PATIENCE)
    }

    fn least_busy(&self) -> Option<usize> {
        // Who is still at a task of an earlier run may be so for long.
        let takes = |member: &Member| {
            member.takes_more() && member.tasks.front().is_none_or(|task| task.run == self.run)
        };
        let places = (0..self.members.len()).filter(|&place| takes(&self.members[place]));
        places.min_by_key(|&place| self.members[place].tasks.len())
    }

    /// Sleeps until a worker has something to say, has room for more, or is late.
    fn sleep(&mut self) {
        if !self.heard_while_spinning() {
            self.listen(self.timeout());
        }
    }

    /// Waits for that, but no longer than this.
    fn listen(&mut self, timeout: PollTimeout) {
        self.listened = Some(Instant::now());
        let quiet = self.members.iter_mut().map(|member| member.link.doze(member.wants()));
        // Every one of them, not only up to the first that has something to say.
        let quiet = quiet.fold(true, |all, this| all & this);
        let timeout = if quiet { timeout } else { PollTimeout::ZERO };
        let mut bells: Vec<_> = self
            .members
            .iter()
            .map(|member| PollFd::new(member.link.bell(), member.link.bell_events(member.wants())))
            .collect();
        if let Err(why) = poll(&mut bells, timeout) {
            // What is left is a lack of memory, of which Rust programs end.
            assert_eq!(why, Errno::EINTR, "sleeping in poll");
        }
        let rang: Vec<_> = bells.iter().map(PollFd::revents).collect();
        for (member, events) in self.members.iter_mut().zip(rang) {
            let events = events.unwrap_or(PollFlags::empty());
            // What is wrong with a link is found where it is read.
            let _ = member.woken(events);
        }
    }

    /// Looks for news for a moment, if everybody who works does so on another core.
    fn heard_while_spinning(&self) -> bool {
        let mut busy = self.members.iter().filter(|member| !member.tasks.is_empty()).peekable();
        if busy.peek().is_none() || !busy.all(|member| member.link.worth_spinning()) {
            return false;
        }
        let start = Instant::now();
        while start.elapsed() < SPIN {
            if self.members.iter().any(|member| member.link.has_news()) {
                return true;
            }
            std::hint::spin_loop();
        }
        false
    }

    /// Until the next deadline, or until workers may be asked for again.
    fn timeout(&self) -> PollTimeout {
        let now = Instant::now();
        let deadlines = self.members.iter().filter_map(Member::deadline);
        let shortage = self.crew.shortage.as_ref().map(|(_, at)| *at + LATER);
        match deadlines.chain(shortage).min() {
            // Rounded up: a poll that ends a moment too early is asked again at once.
            Some(at) => {
                PollTimeout::try_from(at.saturating_duration_since(now) + Duration::from_millis(1))
                    .unwrap_or(PollTimeout::MAX)
            }
            None => PollTimeout::NONE,
        }
    }
}
