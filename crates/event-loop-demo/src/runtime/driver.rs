//! The turn: run who may run, look who has become ready, sleep if nobody has.

use std::cell::{Cell, RefCell};
use std::io;
use std::panic::Location;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use super::inbox::Inbox;
use super::offload::Threads;
use super::poller::{Event, Poller};
use super::queue::{Queue, Runnable};
use super::reactor::Reactor;
use super::slab::Key;
use super::task::{JoinHandle, Task};
use super::timers::Timers;
use super::waker::{self, Ticket};
use super::watch::{SlowPoll, Watch};

/// How many polls at most before there is a look at sockets and timers. A look is a system call;
/// tasks that always may run should neither pay for one each time nor starve whoever waits.
const POLLS_A_TURN: usize = 256;

/// A turn that takes longer is too long, however few its polls: a task that computes for a
/// millisecond and yields would keep those from running whose socket or time has come meanwhile.
const LONG_TURN: Duration = Duration::from_micros(100);

/// An async runtime on one thread. Dropped, it cancels the tasks that are left.
pub struct Runtime {
    core: Rc<Core>,
}

/// What has happened so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Futures that came: tasks spawned, and calls of `block_on`.
    pub spawned: u64,
    /// Wakes that put a task into the run queue; one that stands there already is not counted.
    pub wakes: u64,
    /// Polls of tasks.
    pub polls: u64,
    /// Looks at the poller, sleeping or not.
    pub looks: u64,
    /// Looks at the poller that might sleep.
    pub sleeps: u64,
}

/// The runtime, as its own parts see it.
pub(super) struct Core {
    pub(super) number: u16,
    queue: RefCell<Queue>,
    timers: Rc<Timers>,
    reactor: Rc<Reactor>,
    inbox: Arc<Inbox>,
    /// The events of one look; kept, so that its memory is.
    events: Cell<Vec<Event>>,
    threads: Rc<Threads>,
    watch: Option<Watch>,
    counts: Cell<Counts>,
}

thread_local! {
    /// The runtime that runs on this thread now.
    static CURRENT: RefCell<Option<Rc<Core>>> = const { RefCell::new(None) };
    /// Whether any does. Another may be current for a moment, when a task of it is cancelled.
    static RUNNING: Cell<bool> = const { Cell::new(false) };
}

#[inline]
pub(super) fn with_current<T>(what: impl FnOnce(&Core) -> T) -> Option<T> {
    // A thread that is on its way out has no runtime any more.
    CURRENT.try_with(|current| current.borrow().as_deref().map(what)).ok().flatten()
}

pub(super) fn current(who: &str) -> Rc<Core> {
    let current = CURRENT.with_borrow(Clone::clone);
    current.unwrap_or_else(|| panic!("{who} needs a runtime: call it inside Runtime::block_on()"))
}

/// Starts a task on the runtime that runs here. It takes its first turn after those that wait
/// for theirs already.
///
/// # Panics
/// Outside of a runtime.
#[track_caller]
pub fn spawn<F: Future + 'static>(future: F) -> JoinHandle<F::Output> {
    current("spawn").spawn(future, Location::caller())
}

impl Runtime {
    /// A runtime with no task.
    ///
    /// # Errors
    /// If there is no file descriptor to be had (it takes three on Linux, one on macOS).
    pub fn new() -> io::Result<Runtime> {
        Runtime::with(None)
    }

    /// The same, and whenever a poll takes longer than `limit`, somebody is told. It looks at the
    /// clock twice a poll.
    ///
    /// # Errors
    /// As [`Runtime::new`].
    pub fn watched(limit: Duration, tell: impl Fn(SlowPoll) + 'static) -> io::Result<Runtime> {
        Runtime::with(Some(Watch { limit, tell: Box::new(tell) }))
    }

    fn with(watch: Option<Watch>) -> io::Result<Runtime> {
        let poller = Poller::new()?;
        let inbox = Arc::new(Inbox::new(poller.bell()));
        let number = waker::enter(&inbox);
        let number = number.ok_or_else(|| io::Error::other("there are 65,536 runtimes already"))?;
        let core = Core {
            number,
            queue: RefCell::new(Queue::new()),
            timers: Rc::new(Timers::new(Instant::now())),
            reactor: Rc::new(Reactor::new(poller)),
            inbox,
            events: Cell::default(),
            threads: Rc::new(Threads::new()),
            watch,
            counts: Cell::default(),
        };
        Ok(Runtime { core: Rc::new(core) })
    }

    /// Runs the future, and all tasks beside it, until the future is ready. Tasks that are left go
    /// on with the next call.
    ///
    /// # Panics
    /// With the panic of the future; or if a runtime runs on this thread already, which would stand
    /// still meanwhile.
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        let core = &self.core;
        assert!(!RUNNING.get(), "block_on inside of a runtime would block its loop: use .await");
        let _here = core.enter();
        RUNNING.set(true);
        let main = core.queue.borrow_mut().add_main();
        core.count(|counts| counts.spawned += 1);
        let _running = Running { core };
        let (mut future, mut output) = (pin!(future), None);
        core.run_until(main, &mut |cx| match future.as_mut().poll(cx) {
            Poll::Ready(ready) => {
                output = Some(ready);
                true
            }
            Poll::Pending => false,
        });
        output.expect("the run ends when the future is ready")
    }

    /// Starts a task, also while the runtime does not run: it will.
    #[track_caller]
    pub fn spawn<F: Future + 'static>(&self, future: F) -> JoinHandle<F::Output> {
        self.core.spawn(future, Location::caller())
    }

    /// What has happened so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.core.counts.get()
    }

    /// How many tasks there are; `block_on`'s own future is none.
    #[must_use]
    pub fn tasks(&self) -> usize {
        self.core.queue.borrow().tasks.len()
    }
}

/// How many polls the next turn may have. The clock is read only after turns that left somebody in
/// the queue: the others end by themselves.
struct Turn {
    polls: usize,
    /// When the last one ended, if it left somebody.
    ended: Option<Instant>,
}

impl Turn {
    /// After a quick turn twice as many; after a long one, or a sleep, only those that are there.
    #[inline]
    fn end(&mut self, left_somebody: bool) {
        let now = left_somebody.then(Instant::now);
        let quick = self.ended.zip(now).is_some_and(|(before, now)| now - before < LONG_TURN);
        self.polls = if quick { (2 * self.polls).min(POLLS_A_TURN) } else { 1 };
        self.ended = now;
    }
}

/// Ends a run, also by a panic.
struct Running<'a> {
    core: &'a Core,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        waker::nobody_is_polled();
        self.core.queue.borrow_mut().remove_main();
        RUNNING.set(false);
    }
}

/// Puts back what was current before.
struct Here(Option<Rc<Core>>);

impl Drop for Here {
    fn drop(&mut self) {
        let _ = CURRENT.try_with(|current| current.replace(self.0.take()));
    }
}

impl Core {
    pub(super) fn timers(&self) -> Rc<Timers> {
        Rc::clone(&self.timers)
    }

    pub(super) fn reactor(&self) -> Rc<Reactor> {
        Rc::clone(&self.reactor)
    }

    pub(super) fn threads(&self) -> Rc<Threads> {
        Rc::clone(&self.threads)
    }

    #[inline]
    fn count(&self, change: impl FnOnce(&mut Counts)) {
        let mut counts = self.counts.get();
        change(&mut counts);
        self.counts.set(counts);
    }

    fn enter(self: &Rc<Core>) -> Here {
        // A thread that is on its way out may drop its runtime after this.
        Here(CURRENT.try_with(|current| current.replace(Some(Rc::clone(self)))).ok().flatten())
    }

    fn spawn<F: Future + 'static>(
        self: &Rc<Core>,
        future: F,
        spawned: &'static Location<'static>,
    ) -> JoinHandle<F::Output> {
        self.count(|counts| counts.spawned += 1);
        let mut queue = self.queue.borrow_mut();
        let key = queue.tasks.next_key();
        let (task, handle) = Task::new(key, spawned, future, Rc::downgrade(self));
        queue.add(task);
        handle
    }

    /// Lets a task run.
    #[inline]
    pub(super) fn wake(&self, key: Key) {
        if self.queue.borrow_mut().wake(key) {
            self.count(|counts| counts.wakes += 1);
        }
    }

    #[inline]
    fn next(&self) -> Option<Runnable> {
        let next = self.queue.borrow_mut().next()?;
        self.count(|counts| counts.polls += 1);
        self.reactor.new_turn();
        Some(next)
    }

    /// Turn after turn, until the future of `block_on` is ready.
    fn run_until(&self, main: Key, poll_main: &mut dyn FnMut(&mut Context<'_>) -> bool) {
        let mut turn = Turn { polls: 1, ended: None };
        loop {
            let ready = self.queue.borrow().len().min(POLLS_A_TURN);
            for _ in 0..turn.polls.max(ready) {
                let Some(next) = self.next() else { break };
                let start = self.watch.as_ref().map(|_| Instant::now());
                let spawned = next.as_ref().map(|task| task.header().spawned);
                match next {
                    Some(task) => self.poll(task),
                    None => {
                        let ticket = Ticket::new(self.number, main);
                        let (ready, again) = waker::polled(ticket, &mut *poll_main);
                        if ready {
                            return;
                        }
                        if again {
                            self.wake(main);
                        }
                    }
                }
                if let Some(start) = start {
                    self.tell(spawned, start.elapsed());
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

    /// A task has ended.
    fn forget(&self, task: &Task) {
        let entry = self.queue.borrow_mut().tasks.remove(task.header().key);
        drop(entry);
    }

    /// See [`JoinHandle::cancel`].
    pub(super) fn cancel(self: &Rc<Core>, task: &Task) {
        let _here = self.enter();
        if task.cancel() {
            self.forget(task);
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
            self.reactor.hear(event).into_iter().flatten().for_each(waker::call);
        }
        self.events.set(events);
        if woken.by_alarm {
            let now = Instant::now();
            while let Some(sleeper) = self.timers.due(now) {
                waker::call(sleeper);
            }
        }
        if woken.by_bell {
            self.inbox.take().into_iter().for_each(|key| self.wake(key));
        }
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        let _here = self.core.enter();
        // What is dropped may spawn: until nobody is left.
        loop {
            let left: Vec<_> = self.core.queue.borrow().tasks.iter().cloned().collect();
            if left.is_empty() {
                break;
            }
            left.iter().for_each(|task| self.core.cancel(task));
        }
        waker::leave(self.core.number);
    }
}
