//! Processes that stay on a core: otherwise the kernel moves them, and differently each time.

/// A core to stay on; `None` where a program can't choose.
pub type Core = Option<usize>;

/// The first two cores that this process may use; twice the same if it has only one.
#[must_use]
pub fn two_cores() -> [Core; 2] {
    let allowed = allowed();
    [allowed.first().copied(), allowed.get(1).or(allowed.first()).copied()]
}

/// The calling thread stays on a core for as long as this lives.
#[derive(Debug)]
pub struct Stay {
    before: Vec<usize>,
}

impl Stay {
    /// On this one.
    #[must_use]
    pub fn on(core: Core) -> Stay {
        let before = allowed();
        stay_on(core.as_slice());
        Stay { before }
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        stay_on(&self.before);
    }
}

/// The cores that this process may use.
#[cfg(target_os = "linux")]
#[must_use]
pub fn allowed() -> Vec<usize> {
    use nix::sched::{CpuSet, sched_getaffinity};
    use nix::unistd::Pid;

    let allowed = sched_getaffinity(Pid::from_raw(0)).unwrap_or_default();
    (0..CpuSet::count()).filter(|&core| allowed.is_set(core) == Ok(true)).collect()
}

/// The calling thread stays on these cores from now on. One that has gone since leaves the thread
/// where it is: the figures tell.
#[cfg(target_os = "linux")]
pub fn stay_on(cores: &[usize]) {
    use nix::sched::{CpuSet, sched_setaffinity};
    use nix::unistd::Pid;

    let mut these = CpuSet::new();
    let set = cores.iter().try_for_each(|&core| these.set(core));
    let _ = set.and_then(|()| sched_setaffinity(Pid::from_raw(0), &these));
}

/// None that this system would tell of.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn allowed() -> Vec<usize> {
    Vec::new()
}

/// Nothing: this system does not let a thread choose its core.
#[cfg(not(target_os = "linux"))]
pub fn stay_on(_: &[usize]) {}
