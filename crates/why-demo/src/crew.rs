//! Threads that share out tasks: the plainest way to use many cores, enough for this chapter.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use workloads::{Error, Result};

/// Does all tasks with so many threads. Each takes the next task that nobody has begun, so that
/// none is idle before all have been begun. The results come in no particular order.
///
/// # Errors
/// The first task that failed, and a thread that could not be had or panicked.
pub fn share<T: Sync, R: Send>(
    threads: usize,
    tasks: &[T],
    work: impl Fn(&T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let member = || {
        let claim = || tasks.get(next.fetch_add(1, Relaxed));
        std::iter::from_fn(claim).map(&work).collect::<Result<Vec<_>>>()
    };
    let parts = together(threads, |_| member())?;
    Ok(parts.into_iter().flatten().collect())
}

/// Runs this in so many threads at once, each with its number from 0; the results are in that order.
///
/// # Errors
/// The first that failed, by number, and a thread that could not be had or panicked.
pub fn together<R: Send>(
    threads: usize,
    work: impl Fn(usize) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let results = Mutex::new(Vec::from_iter((0..threads).map(|_| None)));
    start_and_join(threads, &|number| {
        let result = work(number);
        results.lock().unwrap_or_else(PoisonError::into_inner)[number] = Some(result);
    })?;
    // Without an error above, each has left its result.
    results.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().flatten().collect()
}

/// Compiled once, for whatever the threads do: to start them is much code.
fn start_and_join(threads: usize, work: &(dyn Fn(usize) + Sync)) -> Result<()> {
    thread::scope(|scope| {
        let start = |number| thread::Builder::new().spawn_scoped(scope, move || work(number));
        let started: Vec<_> = (0..threads).map(start).collect();
        // All are joined before the first error is looked at: none is left behind.
        let ends: Vec<_> = started
            .into_iter()
            .map(|thread| {
                thread.map_err(Error::io("starting a thread"))?.join().map_err(Error::panicked)
            })
            .collect();
        ends.into_iter().collect()
    })
}

/// How long a thread waits for others that should be there. One that could not be started never comes,
/// and who waited for it without a bound would wait for ever.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until the others have brought this about, for so long at most.
///
/// # Errors
/// [`Error::Refused`] if they have not.
pub fn wait_until<'a, T>(
    (changed, state): (&Condvar, MutexGuard<'a, T>),
    patience: Duration,
    is_so: impl Fn(&T) -> bool,
) -> Result<MutexGuard<'a, T>> {
    let (state, waited) = changed
        .wait_timeout_while(state, patience, |state| !is_so(state))
        .unwrap_or_else(PoisonError::into_inner);
    match waited.timed_out() {
        true => Err(Error::Refused("a thread waited in vain for another: was it not to be had?")),
        false => Ok(state),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_is_done_once() {
        let tasks = Vec::from_iter(0..1_000);
        let mut done = share(4, &tasks, |task| Ok(*task)).expect("four threads");
        done.sort_unstable();
        assert_eq!(done, tasks);
    }

    #[test]
    fn a_task_that_fails_or_panics_is_an_error() {
        let tasks = [1, 2, 3];
        let failed = share(2, &tasks, |task| match task {
            2 => Err(Error::Refused("not two")),
            other => Ok(*other),
        });
        assert_eq!(failed.expect_err("two").to_string(), "not two");
        let panicked = together(2, |number| -> Result<()> { panic!("{number}") });
        assert_eq!(panicked.expect_err("a panic").to_string(), "a task panicked: 0");
    }

    #[test]
    fn who_waits_for_one_that_never_comes_is_told_so() {
        let (changed, here) = (Condvar::new(), Mutex::new(1));
        let waits = |patience, number| {
            let state = here.lock().expect("nobody panicked");
            wait_until((&changed, state), patience, |here| *here == number).map(|here| *here)
        };
        assert_eq!(waits(PATIENCE, 1).expect("it is so"), 1);
        assert!(waits(Duration::from_millis(1), 2).is_err());
    }
}
