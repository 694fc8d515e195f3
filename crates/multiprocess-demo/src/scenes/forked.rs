//! fork, for the scenes: a copy of this process that does one thing and ends; and numbers that
//! travel between the two.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::{Duration, Instant};

use nix::libc;
use nix::unistd::{ForkResult, Pid, fork};

use crate::child::Child;
use crate::lifeline;
use crate::start::fork::single_threaded;

/// The status of a child that panicked, as of any Rust program that does.
const PANICKED: i32 = 101;

/// How long a thread that was joined may still be listed.
const PATIENCE: Duration = Duration::from_secs(5);

/// A copy of this process that runs `live`, and ends with the status that it returns. It dies with
/// its parent. What `live` owns is the child's: the parent drops it. What else the parent has open
/// is open in the child too, other children's lifelines included; so have one child at a time.
///
/// # Errors
/// If this process has more than one thread, or the system has no process or descriptor to give.
pub fn forked(live: impl FnOnce() -> i32) -> io::Result<Child> {
    alone()?;
    // SAFETY: this process has a single thread.
    unsafe { forked_among_threads(live) }
}

/// The same, also while there are other threads.
///
/// # Errors
/// If the system has no process or descriptor to give.
///
/// # Safety
/// If there are other threads, `live` uses nothing that might wait for one of them: no memory is
/// asked for, no lock taken (signal-safety(7) lists what may be called).
pub unsafe fn forked_among_threads(live: impl FnOnce() -> i32) -> io::Result<Child> {
    let (kept, life) = lifeline::pair()?;
    // SAFETY: the caller's promise; and the child ends below.
    match unsafe { twice() }? {
        Some(pid) => Ok(Child::new(pid, kept)),
        None => {
            drop(kept);
            end(|| lifeline::arm(life).map_or(1, |()| live()))
        }
    }
}

/// One without a lifeline, and without anybody who waits for it: an orphan to be.
///
/// # Errors
/// As [`forked`].
#[cfg(target_os = "linux")]
pub fn forked_alone(live: impl FnOnce() -> i32) -> io::Result<Pid> {
    alone()?;
    // SAFETY: this process has a single thread; and the child ends below.
    match unsafe { twice() }? {
        Some(pid) => Ok(pid),
        None => end(live),
    }
}

/// Returns twice: the child's number in the parent, nothing in the child.
///
/// # Safety
/// In the child the caller goes on to [`end`] and never returns, because the frames that it would
/// return to hold values that are the parent's. And until then it does nothing that might wait for a
/// thread that the child lacks.
unsafe fn twice() -> io::Result<Option<Pid>> {
    // What is in the buffer now would be written by both.
    io::stdout().flush()?;
    // SAFETY: what the caller promises.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Ok(Some(child)),
        ForkResult::Child => Ok(None),
    }
}

/// Lives, and ends, also by a panic.
fn end(live: impl FnOnce() -> i32) -> ! {
    let status = catch_unwind(AssertUnwindSafe(live)).unwrap_or(PANICKED);
    // SAFETY: this ends the process at once. Nothing is unwound, and nothing is flushed that the
    // parent has in its buffers too.
    unsafe { libc::_exit(status) }
}

/// Whether this process has one thread only, so that it may fork.
///
/// # Errors
/// If it has more, or if the system doesn't tell: the reason.
pub fn alone() -> io::Result<()> {
    let start = Instant::now();
    loop {
        match single_threaded() {
            // A thread that was joined is listed for a moment longer.
            Err(_) if cfg!(target_os = "linux") && start.elapsed() < PATIENCE => {
                thread::yield_now();
            }
            result => return result,
        }
    }
}

/// Sends numbers to whoever reads the pipe: all of them, or none is seen.
///
/// # Errors
/// If nobody reads it any more.
pub fn send<const N: usize>(mut to: &PipeWriter, numbers: [u64; N]) -> io::Result<()> {
    to.write_all(numbers.map(u64::to_ne_bytes).as_flattened())
}

/// Waits for as many numbers.
///
/// # Errors
/// If nobody writes them any more.
pub fn receive<const N: usize>(mut from: &PipeReader) -> io::Result<[u64; N]> {
    let mut bytes = [[0; 8]; N];
    from.read_exact(bytes.as_flattened_mut())?;
    Ok(bytes.map(u64::from_ne_bytes))
}

/// A process id as one of these numbers.
#[must_use]
pub fn number(pid: Pid) -> u64 {
    u64::from(pid.as_raw().unsigned_abs())
}

/// The process id that was sent as this number.
#[must_use]
pub fn pid(number: u64) -> Pid {
    Pid::from_raw(number as i32)
}
