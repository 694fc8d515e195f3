//! Threads that stay on a core: otherwise the kernel moves them, and differently each time.

/// A core to stay on; `None` where a program can't choose.
pub type Core = Option<usize>;

/// The first two cores that this process may use; twice the same if it has only one.
#[must_use]
pub fn two_cores() -> [Core; 2] {
    let mut cores = all_cores();
    [cores.next().flatten(), cores.next().flatten()]
}

/// The cores that this process may use, over and over again.
pub fn all_cores() -> impl Iterator<Item = Core> {
    let mut allowed: Vec<_> = allowed().into_iter().map(Some).collect();
    if allowed.is_empty() {
        allowed.push(None);
    }
    allowed.into_iter().cycle()
}

#[cfg(target_os = "linux")]
fn allowed() -> Vec<usize> {
    use nix::sched::{CpuSet, sched_getaffinity};
    use nix::unistd::Pid;

    let allowed = sched_getaffinity(Pid::from_raw(0)).unwrap_or_default();
    (0..CpuSet::count()).filter(|&core| allowed.is_set(core) == Ok(true)).collect()
}

/// The calling thread stays on this core from now on, if there is a choice.
#[cfg(target_os = "linux")]
pub fn pin(core: Core) {
    use nix::sched::{CpuSet, sched_setaffinity};
    use nix::unistd::Pid;

    let Some(core) = core else { return };
    let mut only = CpuSet::new();
    // A core that has gone since leaves the thread where it is: the figures tell.
    let _ = only.set(core).and_then(|()| sched_setaffinity(Pid::from_raw(0), &only));
}

#[cfg(not(target_os = "linux"))]
fn allowed() -> Vec<usize> {
    Vec::new()
}

/// Nothing: this system does not let a thread choose its core.
#[cfg(not(target_os = "linux"))]
pub fn pin(_: Core) {}
