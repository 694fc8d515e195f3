//! The turn: run who may run, look who has become ready, sleep if nobody has.

use std::panic::Location;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use super::current::Core;
use super::poller::Event;
use super::queue::Runnable;
use super::slab::Key;
use super::task::Task;
use super::waker::{self, Ticket};
use super::watch::SlowPoll;

/// How many polls at most before there is a look at sockets and timers. A look is a system call;
/// tasks that always may run should neither pay for one each time nor starve whoever waits.
const POLLS_A_TURN: usize = 256;

/// A turn that takes longer is too long, however few its polls: a task that computes for a
/// millisecond and yields would keep those from running whose socket or time has come meanwhile.
const LONG_TURN: Duration = Duration::from_micros(100);

/// How many polls the next turn may have. The clock is read only after turns that left somebody in
/// the queue: the others end by themselves.
struct Turn {
    polls: usize,
    /// When the last one ended, if it left somebody.
    ended: Option<Instant>,
}

impl Turn {
    /// After a quick turn twice as many; after a long one, or a sleep, only as many as stand in the
    /// queue when the turn begins (see `run_until`): who comes later waits for the next.
    #[inline]
    fn end(&mut self, left_somebody: bool) {
        let now = left_somebody.then(Instant::now);
        let quick = self.ended.zip(now).is_some_and(|(before, now)| now - before < LONG_TURN);
        self.polls = if quick { (2 * self.polls).min(POLLS_A_TURN) } else { 1 };
        self.ended = now;
    }
}

impl Core {
    #[inline]
    fn next(&self) -> Option<Runnable> {
        let next = self.queue.borrow_mut().next()?;
        self.count(|counts| counts.polls += 1);
        self.reactor.new_turn();
        Some(next)
    }

    /// Turn after turn, until the future of `block_on` is ready.
    pub(super) fn run_until(&self, main: Key, poll_main: &mut dyn FnMut(&mut Context<'_>) -> bool) {
        let mut turn = Turn { polls: 1, ended: None };
        loop {
            let ready = self.queue.borrow().len().min(POLLS_A_TURN);
            for _ in 0..turn.polls.max(ready) {
                let Some(next) = self.next() else { break };
                let start = self.watch.as_ref().map(|_| Instant::now());
                let spawned = match &next {
                    Runnable::Task(task) => Some(task.header().spawned),
                    Runnable::Main => None,
                };
                let mut over = false;
                match next {
                    Runnable::Task(task) => self.poll(task),
                    Runnable::Main => {
                        let ticket = Ticket::new(self.number, main);
                        let (ready, again) = waker::polled(ticket, &mut *poll_main);
                        if again && !ready {
                            self.wake(main);
                        }
                        over = ready;
                    }
                }
                if let Some(start) = start {
                    self.tell(spawned, start.elapsed());
                }
                if over {
                    return;
                }
            }
            turn.end(!self.queue.borrow().is_empty());
            self.look();
        }
    }

    #[inline]
    fn poll(&self, task: Task) {
        let ticket = Ticket::new(self.number, task.header().key);
        let (ended, again) = waker::polled(ticket, |cx| task.poll(cx));
        if ended {
            self.forget(&task);
        } else if again && self.queue.borrow_mut().again(task) {
            self.count(|counts| counts.wakes += 1);
        }
    }

    #[cold]
    fn tell(&self, spawned: Option<&'static Location<'static>>, took: Duration) {
        if let Some(watch) = &self.watch
            && took > watch.limit
        {
            (watch.tell)(SlowPoll { spawned, took });
        }
    }

    /// Wakes who waited. Nearly always that is a task of this runtime.
    #[inline]
    fn rouse(&self, waker: Waker) {
        match waker::own(self.number, &waker) {
            Some(key) => self.wake(key),
            None => waker::call(waker),
        }
    }

    /// Looks who has become ready, and sleeps until somebody is if nobody may run.
    fn look(&self) {
        let sleep = self.queue.borrow().is_empty();
        self.count(|counts| counts.looks += 1);
        if sleep {
            self.count(|counts| counts.sleeps += 1);
        }
        let mut events: Vec<Event> = self.events.take();
        let woken = self.reactor.poller.borrow_mut().wait(sleep, self.timers.next(), &mut events);
        let woken = woken.expect("a poller that can be waited at");
        for event in events.drain(..) {
            self.reactor.hear(event, |waker| self.rouse(waker));
        }
        self.events.set(events);
        if woken.by_alarm {
            let now = Instant::now();
            while let Some(sleeper) = self.timers.due(now) {
                self.rouse(sleeper);
            }
        }
        if woken.by_bell {
            self.inbox.take().into_iter().for_each(|key| self.wake(key));
        }
    }
}
