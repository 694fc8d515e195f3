//! Running green threads: what a program calls.

use std::io;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::time::Duration;

use super::handle::JoinHandle;
use super::here::{need_room, with};
use super::scheduler::Scheduler;
use super::thread::Thread;
use super::watch::{SlowTurn, Watch};

/// Runs `main` as the first green thread on this thread of the operating system, and beside it all
/// that are spawned. When it returns, those that are left are cancelled and unwind.
///
/// # Errors
/// If there is no file descriptor for the poller; or if this is a destructor that runs because of a
/// panic.
///
/// # Panics
/// With the panic of `main`; if this is a green thread already; or if all green threads are asleep
/// and nobody can wake them.
#[track_caller]
pub fn run<T>(main: impl FnOnce() -> T) -> io::Result<T> {
    let here = Location::caller();
    if std::thread::panicking() {
        // No green thread could wait: see `refuse_to_wait`.
        return Err(io::Error::other("green threads can't run while this thread unwinds"));
    }
    with(|scheduler| {
        let nested = scheduler.is_running();
        assert!(!nested, "this is a green thread already: call what you would run");
        scheduler.begin(Thread::first(here))
    })?;
    let result = catch_unwind(AssertUnwindSafe(main));
    with(|scheduler| {
        scheduler.cancel_all();
        scheduler.end();
    });
    Ok(result.unwrap_or_else(|panic| resume_unwind(panic)))
}

/// The same, and whenever a green thread has run for longer than `limit` without giving way, somebody
/// is told, when it does. It looks at the clock twice a turn.
///
/// # Errors
/// As [`run`].
///
/// # Panics
/// As [`run`].
#[track_caller]
pub fn run_watched<T>(
    limit: Duration,
    tell: impl Fn(SlowTurn) + 'static,
    main: impl FnOnce() -> T,
) -> io::Result<T> {
    with(|scheduler| {
        assert!(!scheduler.is_running(), "this is a green thread already: call what you would run");
        scheduler.watch(Some(Watch::new(limit, tell)));
    });
    let _unwatched = Unwatched;
    run(main)
}

struct Unwatched;

impl Drop for Unwatched {
    fn drop(&mut self) {
        with(|scheduler| scheduler.watch(None));
    }
}

/// Starts a green thread. It has its first turn after those that wait for theirs already.
///
/// # Panics
/// Outside of [`run`], or if there is no memory for another stack.
#[track_caller]
pub fn spawn<F: FnOnce() -> T + 'static, T: 'static>(function: F) -> JoinHandle<T> {
    try_spawn(function).expect("no memory for another stack")
}

/// The same, and without a panic if there is no memory.
///
/// # Errors
/// If there is no memory for another stack.
///
/// # Panics
/// Outside of [`run`].
#[track_caller]
pub fn try_spawn<F: FnOnce() -> T + 'static, T: 'static>(function: F) -> io::Result<JoinHandle<T>> {
    let here = Location::caller();
    need_room();
    with(|scheduler| {
        assert!(scheduler.is_running(), "spawn needs a scheduler: call it inside green::run()");
        let stack = scheduler.stacks.borrow_mut().take()?;
        let (thread, handle) = Thread::new(stack, here, function);
        scheduler.add(stack.number(), thread);
        Ok(handle)
    })
}

/// Lets all others that may run have their turn.
pub fn yield_now() {
    need_room();
    with(Scheduler::yield_now);
}

/// Which green thread this is: a number that no other one has here while this one has not ended. The
/// first is 0.
///
/// # Panics
/// Outside of [`run`].
#[must_use]
pub fn number() -> usize {
    with(|scheduler| scheduler.me().header().stack.map_or(0, |stack| stack.number() + 1))
}

/// How many green threads there are that have not ended, without the first.
#[must_use]
pub fn alive() -> usize {
    with(Scheduler::alive)
}
