//! Threads for what would block the loop: reading a file, computing for long, a library that knows
//! nothing of loops.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Poll, Waker};

use super::carefully::carefully;
use super::current;
use super::task::Failed;
use crate::sync::{Arc, Condvar, Mutex, lock, thread};

/// There are at most as many threads as there are cores, and on a machine with few cores at most so
/// many: calls that only wait for something need no core.
const LEAST: usize = 4;

/// Runs `call` on another thread, and waits for what it returns. If this future is dropped before
/// the call has begun, it never begins; one that has begun can't be stopped by anybody.
///
/// # Errors
/// [`Failed::Panicked`] if the call did.
///
/// # Panics
/// Outside of a runtime.
pub async fn offload<T: Send + 'static>(
    call: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failed> {
    let parcel = std::sync::Arc::new(Parcel::default());
    let sent = std::sync::Arc::downgrade(&parcel);
    current::current("offload").threads().run(Box::new(move || {
        // Nobody waits any longer.
        if sent.strong_count() == 0 {
            return;
        }
        let result = catch_unwind(AssertUnwindSafe(call)).map_err(Failed::Panicked);
        if let Some(parcel) = sent.upgrade() {
            parcel.put(result);
        }
    }));
    poll_fn(|cx| parcel.poll_take(cx.waker())).await
}

/// What one thread hands to a task of another.
pub struct Parcel<T>(Mutex<(Option<T>, Option<Waker>)>);

impl<T> Default for Parcel<T> {
    fn default() -> Parcel<T> {
        Parcel(Mutex::new((None, None)))
    }
}

impl<T> Parcel<T> {
    /// Hands it over, and wakes whoever waits for it.
    pub fn put(&self, content: T) {
        let mut place = lock(&self.0);
        place.0 = Some(content);
        let waker = place.1.take();
        drop(place);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Takes it, or leaves word whom to wake.
    pub fn poll_take(&self, waker: &Waker) -> Poll<T> {
        // Under one lock: between the look and the word nobody can put it there unseen.
        let mut place = lock(&self.0);
        match place.0.take() {
            Some(content) => Poll::Ready(content),
            None => {
                let before = place.1.replace(waker.clone());
                drop(place);
                drop(before);
                Poll::Pending
            }
        }
    }
}

type Call = Box<dyn FnOnce() + Send>;

/// A few threads, started when they are first needed; they end with their runtime.
pub struct Threads {
    calls: Arc<Calls>,
    most: usize,
    started: RefCell<Vec<thread::JoinHandle<()>>>,
}

#[derive(Default)]
struct Calls {
    queue: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    calls: VecDeque<Call>,
    idle: usize,
    over: bool,
}

impl Threads {
    pub(super) fn new() -> Threads {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Threads::at_most(cores.max(LEAST))
    }

    /// So many threads at most.
    #[must_use]
    pub fn at_most(most: usize) -> Threads {
        Threads { calls: Arc::default(), most, started: RefCell::default() }
    }

    /// Runs this call on one of them, when one is free; or never, if they are dropped before.
    pub fn run(&self, call: Call) {
        let mut waiting = lock(&self.calls.queue);
        waiting.calls.push_back(call);
        let enough = waiting.idle >= waiting.calls.len();
        drop(waiting);
        let mut started = self.started.borrow_mut();
        if !enough && started.len() < self.most {
            let calls = Arc::clone(&self.calls);
            let name = format!("offload {}", started.len() + 1);
            match thread::Builder::new().name(name).spawn(move || calls.work()) {
                Ok(thread) => started.push(thread),
                // Those that there are will come to it.
                Err(_) if !started.is_empty() => {}
                // Nobody will: the loop itself must, however long that takes.
                Err(_) => {
                    drop(started);
                    self.calls.work_off();
                }
            }
        }
        self.calls.changed.notify_one();
    }
}

impl Calls {
    fn work(&self) {
        let mut waiting = lock(&self.queue);
        loop {
            if waiting.over {
                return;
            }
            if let Some(call) = waiting.calls.pop_front() {
                drop(waiting);
                // One that panicked has told so; what it held, its result or a waker may panic too.
                carefully(call);
                waiting = lock(&self.queue);
                continue;
            }
            waiting.idle += 1;
            waiting = self.changed.wait(waiting).unwrap_or_else(std::sync::PoisonError::into_inner);
            waiting.idle -= 1;
        }
    }

    fn work_off(&self) {
        loop {
            let Some(call) = lock(&self.queue).calls.pop_front() else { return };
            carefully(call);
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        let mut waiting = lock(&self.calls.queue);
        waiting.over = true;
        // Their tasks are gone; dropped without the lock, because it is other people's code.
        let left = std::mem::take(&mut waiting.calls);
        drop(waiting);
        self.calls.changed.notify_all();
        left.into_iter().for_each(|call| carefully(|| drop(call)));
        for thread in self.started.get_mut().drain(..) {
            let _ = thread.join();
        }
    }
}
