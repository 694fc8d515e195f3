//! Which cores there are, and work that stays on some of them.

use std::panic;
use std::thread;

use workloads::{Error, Result};

/// How many threads can run at the same instant: the cores that this process may use.
#[must_use]
pub fn count() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Does the work on a thread that stays on these cores, and so do all that it starts, because a
/// thread inherits where it may run. Where a program can't choose its cores, anywhere.
///
/// # Errors
/// If the system refuses to have a thread on these cores, and what the work says.
pub fn on<T: Send>(cores: &[usize], work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    let joined = thread::scope(|scope| {
        let pinned = move || stay_on(cores).and_then(|()| work());
        Ok(thread::Builder::new()
            .spawn_scoped(scope, pinned)
            .map_err(Error::io("starting a thread"))?
            .join())
    })?;
    joined.unwrap_or_else(|payload| panic::resume_unwind(payload))
}

#[cfg(target_os = "linux")]
mod choice {
    use nix::sched::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};
    use nix::unistd::Pid;
    use workloads::{Error, Result};

    /// The calling thread.
    const HERE: Pid = Pid::from_raw(0);

    /// The cores that this thread may use, by the system's numbers; none if a program can't choose.
    #[must_use]
    pub fn allowed() -> Vec<usize> {
        let allowed = sched_getaffinity(HERE).unwrap_or_default();
        (0..CpuSet::count()).filter(|&core| allowed.is_set(core) == Ok(true)).collect()
    }

    /// The core on which this thread runs just now, if the system tells.
    #[must_use]
    pub fn current() -> Option<usize> {
        sched_getcpu().ok()
    }

    /// The calling thread, and all that it starts from now on, stay on these cores; where none is
    /// named, they stay where they may be.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn stay_on(cores: &[usize]) -> Result<()> {
        if cores.is_empty() {
            return Ok(());
        }
        let mut set = CpuSet::new();
        let chosen = cores.iter().try_for_each(|&core| set.set(core));
        let pinned = chosen.and_then(|()| sched_setaffinity(HERE, &set));
        pinned.map_err(|why| Error::io(format!("staying on the cores {cores:?}"))(why.into()))
    }
}

#[cfg(not(target_os = "linux"))]
mod choice {
    /// None: this system does not let a program choose.
    #[must_use]
    pub fn allowed() -> Vec<usize> {
        Vec::new()
    }

    /// Nothing: this system does not tell.
    #[must_use]
    pub fn current() -> Option<usize> {
        None
    }

    /// Nothing: this system does not let a thread choose.
    ///
    /// # Errors
    /// None.
    pub fn stay_on(_: &[usize]) -> workloads::Result<()> {
        Ok(())
    }
}

pub use choice::{allowed, current, stay_on};

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn work_and_all_that_it_starts_stay_where_they_were_put() {
        for core in allowed() {
            let seen = on(&[core], || {
                let started = thread::scope(|scope| scope.spawn(|| (allowed(), current())).join());
                Ok((allowed(), current(), started.expect("no panic")))
            });
            let (here, now, started) = seen.expect("a core that is allowed");
            assert_eq!((&here[..], now), (&[core][..], Some(core)));
            assert_eq!(started, (vec![core], Some(core)));
        }
        assert!(!allowed().is_empty(), "and who asked is where it was");
    }

    #[test]
    fn a_core_that_is_not_there_is_an_error_and_the_work_is_not_done() {
        let why = on(&[usize::MAX], || -> Result<()> { unreachable!("it has no core") });
        assert!(why.expect_err("no such core").to_string().starts_with("staying on the cores ["));
    }
}
