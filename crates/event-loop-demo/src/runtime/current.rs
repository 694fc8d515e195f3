//! The runtime that runs on this thread, as its own parts see it.

use std::cell::{Cell, RefCell};
use std::panic::Location;
use std::rc::Rc;
use std::sync::Arc;

use super::inbox::Inbox;
use super::offload::Threads;
use super::poller::Event;
use super::queue::Queue;
use super::reactor::Reactor;
use super::slab::Key;
use super::task::{JoinHandle, Task};
use super::timers::Timers;
use super::watch::Watch;

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
    pub(super) queue: RefCell<Queue>,
    pub(super) timers: Rc<Timers>,
    pub(super) reactor: Rc<Reactor>,
    pub(super) inbox: Arc<Inbox>,
    /// The events of one look; kept, so that its memory is.
    pub(super) events: Cell<Vec<Event>>,
    pub(super) threads: Rc<Threads>,
    pub(super) watch: Option<Watch>,
    pub(super) counts: Cell<Counts>,
}

thread_local! {
    /// The runtime that runs on this thread now.
    static CURRENT: RefCell<Option<Rc<Core>>> = const { RefCell::new(None) };
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

/// Puts back what was current before.
pub(super) struct Here(Option<Rc<Core>>);

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
    pub(super) fn count(&self, change: impl FnOnce(&mut Counts)) {
        let mut counts = self.counts.get();
        change(&mut counts);
        self.counts.set(counts);
    }

    pub(super) fn enter(self: &Rc<Core>) -> Here {
        // A thread that is on its way out may drop its runtime after this.
        Here(CURRENT.try_with(|current| current.replace(Some(Rc::clone(self)))).ok().flatten())
    }

    pub(super) fn spawn<F: Future + 'static>(
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

    /// A task has ended.
    pub(super) fn forget(&self, task: &Task) {
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
}
