//! The runtime as its users see it.

use std::cell::{Cell, RefCell};
use std::io;
use std::panic::Location;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use super::current::{Core, Counts};
use super::inbox::Inbox;
use super::offload::Threads;
use super::poller::Poller;
use super::queue::Queue;
use super::reactor::Reactor;
use super::task::JoinHandle;
use super::timers::Timers;
use super::waker;
use super::watch::{SlowPoll, Watch};

/// An async runtime on one thread. Dropped, it cancels the tasks that are left.
pub struct Runtime {
    core: Rc<Core>,
}

thread_local! {
    /// Whether a `block_on` is under way on this thread. `current` can't tell: a runtime is current
    /// there also while it isn't running, as when it is dropped or a task of it is cancelled.
    static RUNNING: Cell<bool> = const { Cell::new(false) };
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

impl Drop for Runtime {
    fn drop(&mut self) {
        let _here = self.core.enter();
        // What is dropped may spawn: until nobody is left.
        loop {
            let left: Vec<_> = self.core.queue.borrow().tasks.iter().cloned().collect();
            if left.is_empty() {
                break;
            }
            for task in &left {
                self.core.cancel(task);
                // Also one that can't be cancelled, because it is being dropped just now: it had
                // the last hold on this runtime.
                self.core.forget(task);
            }
        }
        waker::leave(self.core.number);
    }
}
