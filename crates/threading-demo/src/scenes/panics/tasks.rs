//! A task panics: in a thread of its own, in a job of a pool, in a piece of shared work.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread::{self, ThreadId};

use crossbeam_channel::bounded;
use stage::{Result, Stage};
use workloads::Error;

use super::quietly::{fail, quietly};
use crate::Pool;

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let said = quietly(alone);
    stage.check(
        "thread::join() hands the panic to whoever joins, and the program goes on",
        format!("Err: {said}"),
        said == "page 7 is not JSON",
        "the panic's payload is what panic!() was given: please report this",
    );
    let Job { said, workers } = quietly(job)?;
    stage.check(
        "a pool's Handle::join() does the same, and the same worker runs the next job",
        format!("Err: {said}; next on the {} thread", same(workers)),
        said == "page 8 is not JSON" && workers[0] == workers[1],
        "the worker died with its job: please report this",
    );
    let Shared { said, finished } = quietly(shared)?;
    stage.check(
        "Pool::share() panics in its caller, after the others have left",
        format!("{said}; the other's item was {}finished", if finished { "" } else { "un" }),
        said == "item 0 is not JSON" && finished,
        "share() returned while a helper still used what it borrows: please report this",
    );
    Ok(())
}

fn same([first, second]: [ThreadId; 2]) -> &'static str {
    if first == second { "same" } else { "other" }
}

/// What a panic said.
fn said(panic: Box<dyn std::any::Any + Send>) -> String {
    match Error::panicked(panic) {
        Error::Panicked(said) => said,
        other => other.to_string(),
    }
}

fn alone() -> String {
    let thread = thread::spawn(|| fail("page 7 is not JSON"));
    match thread.join() {
        Ok(never) => never,
        Err(panic) => said(panic),
    }
}

struct Job {
    said: String,
    /// Who ran the job before the panic, and the one after it.
    workers: [ThreadId; 2],
}

fn job() -> Result<Job> {
    let pool = Pool::new(1)?;
    let who = || thread::current().id();
    let before = pool.spawn(who);
    let panics = pool.spawn(|| fail("page 8 is not JSON"));
    let after = pool.spawn(who);
    let said = match panics.join() {
        Ok(never) => never,
        Err(panic) => said(panic),
    };
    Ok(Job { said, workers: [before, after].map(|job| job.join().expect("asking does not panic")) })
}

struct Shared {
    said: String,
    finished: bool,
}

fn shared() -> Result<Shared> {
    let pool = Pool::new(2)?;
    let both = Barrier::new(2);
    let finished = AtomicBool::new(false);
    let (alive, gone) = bounded::<()>(0);
    let alive = Mutex::new(Some(alive));
    let panic = catch_unwind(AssertUnwindSafe(|| {
        pool.share(2, |claims| {
            for item in claims {
                // Each waits here with one item, so both threads take part.
                both.wait();
                if item == 0 {
                    let _dropped_by_the_panic = alive.lock().map(|mut alive| alive.take());
                    fail("item 0 is not JSON");
                }
                // The end of the channel tells that the panic unwinds: only now goes this on.
                let _ = gone.recv();
                finished.store(true, Ordering::Relaxed);
            }
        })
    }));
    Ok(Shared {
        said: panic.err().map_or("no panic".to_owned(), said),
        finished: finished.load(Ordering::Relaxed),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_panic_is_told_to_whoever_joins() {
        assert_eq!(quietly(alone), "page 7 is not JSON");
        let Job { said, workers } = quietly(job).unwrap();
        assert_eq!((said.as_str(), workers[0]), ("page 8 is not JSON", workers[1]));
        let Shared { said, finished } = quietly(shared).unwrap();
        assert_eq!((said.as_str(), finished), ("item 0 is not JSON", true));
    }
}
