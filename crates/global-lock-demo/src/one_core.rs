//! What runs on one core only, where there may be more.

/// Runs `job` on a thread of its own that stays on one core; so do the threads and the processes
/// that it starts. The calling thread stays as free as it was.
///
/// # Errors
/// One line, where a program can't choose its core. The job has not been run then.
///
/// # Panics
/// If the job does.
pub fn on_one_core<R: Send>(job: impl FnOnce() -> R + Send) -> Result<R, String> {
    let pinned = || pin().map(|()| job());
    std::thread::scope(|scope| scope.spawn(pinned).join())
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// From now on the calling thread stays on the first core that it may use.
#[cfg(target_os = "linux")]
fn pin() -> Result<(), String> {
    use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
    use nix::unistd::Pid;

    let this_thread = Pid::from_raw(0);
    let first = |allowed: CpuSet| (0..CpuSet::count()).find(|&c| allowed.is_set(c) == Ok(true));
    let pin = |core| {
        let mut only = CpuSet::new();
        only.set(core)?;
        sched_setaffinity(this_thread, &only)
    };
    let done =
        sched_getaffinity(this_thread).and_then(|allowed| first(allowed).map_or(Ok(()), pin));
    done.map_err(|why| format!("a thread can't choose its core here: {why}"))
}

#[cfg(not(target_os = "linux"))]
fn pin() -> Result<(), String> {
    Err("this system does not let a thread choose its core".to_owned())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use nix::sched::{CpuSet, sched_getaffinity};
    use nix::unistd::Pid;

    fn cores() -> usize {
        let allowed = sched_getaffinity(Pid::from_raw(0)).unwrap();
        (0..CpuSet::count()).filter(|&core| allowed.is_set(core) == Ok(true)).count()
    }

    #[test]
    fn a_job_and_what_it_starts_have_one_core_and_the_caller_has_what_it_had() {
        let before = cores();
        let inside = on_one_core(|| [cores(), std::thread::spawn(cores).join().unwrap()]);
        assert_eq!((inside, cores()), (Ok([1, 1]), before));
    }
}
