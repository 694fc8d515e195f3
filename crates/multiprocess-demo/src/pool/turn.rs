//! The pool's turn: it listens, ends who is late, hands out, and sleeps, until there is a result.

use std::time::{Duration, Instant};

use nix::poll::PollTimeout;

use super::Pool;
use super::member::{Gone, Member};
use super::results::{Client, Next};
use super::task::How;
use super::window::Window;

/// How long nobody is asked whether they live while there are answers to be had.
const SILENCE: Duration = Duration::from_millis(1);

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
                crew.greeted();
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

    fn least_busy(&self) -> Option<usize> {
        // Who is still at a task of an earlier run may be so for long.
        let takes = |member: &Member| {
            member.takes_more() && member.tasks.front().is_none_or(|task| task.run == self.run)
        };
        let places = (0..self.members.len()).filter(|&place| takes(&self.members[place]));
        places.min_by_key(|&place| self.members[place].tasks.len())
    }
}
