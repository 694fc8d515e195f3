//! A thread pool: threads that are started once and lent out many times.
//!
//! ```text
//!   spawn(job) ──► │ job │ job │ ticket │ ticket │ ──► workers, asleep on `work` when idle
//!   share(n, f) ─────────────────┘                        │
//!     │  the caller works too                             │ a ticket's holder is *inside*
//!     └──────────── items 0..n, claimed in chunks ◄───────┘ the region until it has left
//! ```
//!
//! [`Pool::spawn`] is for jobs that live on their own. [`Pool::share`] is for one piece of work
//! that several threads do together: the caller starts at once and invites the workers with
//! tickets; whoever comes claims items until there are none. A caller that is done before
//! anybody came takes the tickets back, so that a small piece of work never waits for a thread
//! to wake up.
//!
//! One mutex guards everything. It is held while a job is put in or taken out, never while one
//! runs; `tests/loom.rs` checks that no wake-up is lost under any interleaving.

mod claims;
mod handle;

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::{io, mem};

pub use claims::Claims;
pub use handle::Handle;

use crate::sync::atomic::{AtomicUsize, Ordering};
use crate::sync::{Arc, Condvar, Mutex, lock, thread, wait};

/// A pool of threads. Dropped, it finishes what was spawned and joins every thread.
pub struct Pool {
    shared: Arc<Shared>,
    threads: Vec<thread::JoinHandle<()>>,
}

struct Shared {
    state: Mutex<State>,
    /// Signalled when there is a job, or no more will come.
    work: Condvar,
    /// Signalled when the last helper has left a region.
    left: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    /// How many workers sleep on `work`: nobody else needs a signal, and a signal is a system call.
    idle: usize,
    closed: bool,
}

enum Job {
    /// A job on its own.
    Own(Box<dyn FnOnce() + Send>),
    /// An invitation into a region.
    Ticket(Ticket),
}

/// An invitation to help with a [`Pool::share`] that is going on.
#[derive(Clone, Copy)]
struct Ticket {
    help: &'static (dyn Fn() + Sync),
    /// How many helpers are in there; changed only under the lock of the state.
    inside: &'static AtomicUsize,
}

impl Pool {
    /// A pool of so many threads (at least one).
    ///
    /// # Errors
    /// What the operating system says when it has no thread left to give; those that were
    /// started are ended again.
    pub fn new(threads: usize) -> io::Result<Pool> {
        let shared = Arc::new(Shared {
            state: Mutex::new(State::default()),
            work: Condvar::new(),
            left: Condvar::new(),
        });
        let mut pool = Pool { shared, threads: Vec::new() };
        for number in 1..=threads.max(1) {
            let shared = Arc::clone(&pool.shared);
            let worker = thread::Builder::new().name(format!("worker {number}"));
            pool.threads.push(worker.spawn(move || shared.run())?);
        }
        Ok(pool)
    }

    /// How many threads it has.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.threads.len()
    }

    /// Runs a job on one of the threads, after those that were spawned before. Its result, or its
    /// panic, waits in the handle.
    pub fn spawn<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Handle<T> {
        let (promise, handle) = handle::pair();
        let job = move || promise.keep(catch_unwind(AssertUnwindSafe(job)));
        self.shared.submit([Job::Own(Box::new(job))]);
        handle
    }

    /// Works on the items `0..items` together: each thread that takes part, the caller among
    /// them, calls `work` once with its [`Claims`], and returns what it made of them. At most
    /// [`Pool::threads`] threads take part; which and how many is not determined, but every item
    /// is claimed exactly once.
    ///
    /// # Panics
    /// If `work` does on any thread, once all others have left.
    pub fn share<A: Send>(&self, items: usize, work: impl Fn(Claims<'_>) -> A + Sync) -> Vec<A> {
        let next = AtomicUsize::new(0);
        let results = Mutex::new(Vec::new());
        let panics: Mutex<Vec<Box<dyn Any + Send>>> = Mutex::new(Vec::new());
        let inside = AtomicUsize::new(0);
        let take_part = || {
            let claims = Claims::new(&next, items, self.threads());
            match catch_unwind(AssertUnwindSafe(|| work(claims))) {
                Ok(result) => lock(&results).push(result),
                // Kept, all of them: what a panic carries may itself panic when it is dropped.
                Err(panic) => lock(&panics).push(panic),
            }
        };
        let ticket = Ticket::new(&take_part, &inside);
        let helpers = items.min(self.threads()).saturating_sub(1);
        self.shared.submit((0..helpers).map(|_| Job::Ticket(ticket)));
        // Panics in here are caught, so that this function always comes to the line behind.
        take_part();
        self.shared.close(ticket);
        let mut panics = mem::take(&mut *lock(&panics));
        if !panics.is_empty() {
            let first = panics.swap_remove(0);
            // Dropped on the way out, a further one that panics would end the process.
            mem::forget(panics);
            resume_unwind(first);
        }
        mem::take(&mut *lock(&results))
    }

    /// What `work` makes of each item, in the order of the items; shared out by [`Pool::share`].
    ///
    /// # Panics
    /// If `work` does.
    pub fn map<T: Sync, R: Send>(&self, items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
        let parts = self.share(items.len(), |claims| {
            claims.map(|item| (item, work(&items[item]))).collect::<Vec<_>>()
        });
        let mut all: Vec<_> = parts.into_iter().flatten().collect();
        all.sort_unstable_by_key(|(item, _)| *item);
        all.into_iter().map(|(_, result)| result).collect()
    }
}

impl Ticket {
    fn new<'region>(
        help: &'region (dyn Fn() + Sync + 'region),
        inside: &'region AtomicUsize,
    ) -> Ticket {
        // SAFETY: only the lifetimes change, and nobody uses the references after `'region`.
        // A ticket is used by a worker between "inside + 1", which happens under the lock when
        // the ticket leaves the queue, and "inside − 1". `Shared::close` takes what tickets are
        // left out of the queue under the same lock and returns only when nobody is inside. And
        // `Pool::share`, whose frame owns what is borrowed, always calls it before it returns or
        // unwinds: between making the ticket and closing, every panic is caught.
        unsafe {
            Ticket {
                help: mem::transmute::<
                    &'region (dyn Fn() + Sync + 'region),
                    &'static (dyn Fn() + Sync),
                >(help),
                inside: mem::transmute::<&'region AtomicUsize, &'static AtomicUsize>(inside),
            }
        }
    }

    fn is(&self, other: &Job) -> bool {
        matches!(other, Job::Ticket(ticket) if std::ptr::eq(ticket.inside, self.inside))
    }
}

impl Shared {
    fn submit(&self, jobs: impl IntoIterator<Item = Job>) {
        let mut state = lock(&self.state);
        let before = state.jobs.len();
        state.jobs.extend(jobs);
        let wake = (state.jobs.len() - before).min(state.idle);
        drop(state);
        (0..wake).for_each(|_| self.work.notify_one());
    }

    /// Takes back the tickets that nobody took, and waits until the last helper has left.
    fn close(&self, ticket: Ticket) {
        let mut state = lock(&self.state);
        state.jobs.retain(|job| !ticket.is(job));
        while ticket.inside.load(Ordering::Relaxed) > 0 {
            state = wait(&self.left, state);
        }
    }

    /// A worker's life.
    fn run(&self) {
        let mut state = lock(&self.state);
        loop {
            match state.jobs.pop_front() {
                Some(Job::Own(job)) => {
                    drop(state);
                    // A result that nobody waits for any more is dropped here, and if that
                    // panics, the worker must live; what such a panic carries is not trusted.
                    if let Err(panic) = catch_unwind(AssertUnwindSafe(job)) {
                        mem::forget(panic);
                    }
                    state = lock(&self.state);
                }
                Some(Job::Ticket(Ticket { help, inside })) => {
                    inside.fetch_add(1, Ordering::Relaxed);
                    drop(state);
                    help();
                    state = lock(&self.state);
                    if inside.fetch_sub(1, Ordering::Relaxed) == 1 {
                        self.left.notify_all();
                    }
                }
                None if state.closed => return,
                None => {
                    state.idle += 1;
                    state = wait(&self.work, state);
                    state.idle -= 1;
                }
            }
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        lock(&self.shared.state).closed = true;
        self.shared.work.notify_all();
        for thread in self.threads.drain(..) {
            // A worker catches the panics of its jobs, so it has none of its own to report.
            let _ = thread.join();
        }
    }
}
