//! Somebody who looks from outside: on whose stack does the thread of the operating system sleep, and
//! in which call?

use std::io;
use std::time::{Duration, Instant};

/// The thread was seen asleep.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    /// When the look began, and when it ended.
    pub(super) from: Duration,
    pub(super) to: Duration,
    /// Its stack pointer.
    pub(super) sp: usize,
    /// It slept in the poller's call.
    pub(super) in_poller: bool,
}

/// How many threads this process has, where /proc tells.
pub(super) fn threads() -> Option<usize> {
    std::fs::read_dir("/proc/self/task").ok().map(Iterator::count)
}

/// Runs it, and has another thread look at this one meanwhile. Times are counted from `start`.
#[cfg(target_os = "linux")]
pub(super) fn observe<T>(start: Instant, run: impl FnOnce() -> T) -> io::Result<(T, Vec<Sample>)> {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    // PID/task/TID
    let me = std::fs::read_link("/proc/thread-self")?;
    let books = std::path::Path::new("/proc").join(me).join("syscall");
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let observer = thread::Builder::new().spawn_scoped(scope, || {
            let mut samples = Vec::new();
            while !over.load(Ordering::Relaxed) {
                let from = start.elapsed();
                // Not every kernel keeps these books: then nothing is seen.
                let line = std::fs::read_to_string(&books).unwrap_or_default();
                samples.extend(parse(&line, from, start.elapsed()));
                thread::sleep(Duration::from_micros(200));
            }
            samples
        })?;
        let result = run();
        over.store(true, Ordering::Relaxed);
        let samples = observer.join().map_err(|_| io::Error::other("the observer panicked"))?;
        Ok((result, samples))
    })
}

/// Elsewhere nobody can be seen.
#[cfg(not(target_os = "linux"))]
pub(super) fn observe<T>(_start: Instant, run: impl FnOnce() -> T) -> io::Result<(T, Vec<Sample>)> {
    Ok((run(), Vec::new()))
}

/// As proc(5) has it: the number of the system call in which the thread sleeps, its arguments, the
/// stack pointer, and where in the program it is. Or that it runs.
#[cfg(target_os = "linux")]
fn parse(line: &str, from: Duration, to: Duration) -> Option<Sample> {
    use nix::libc;

    #[cfg(target_arch = "x86_64")]
    const POLLER: [i64; 2] = [libc::SYS_epoll_pwait, libc::SYS_epoll_wait];
    #[cfg(not(target_arch = "x86_64"))]
    const POLLER: [i64; 1] = [libc::SYS_epoll_pwait];
    let mut words = line.split_whitespace();
    let call: i64 = words.next()?.parse().ok()?;
    let sp = words.rev().nth(1)?.strip_prefix("0x")?;
    let sp = usize::from_str_radix(sp, 16).ok()?;
    Some(Sample { from, to, sp, in_poller: POLLER.contains(&call) })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn who_sleeps_elsewhere_is_seen_to() {
        let here = 0_u8;
        let nap = || std::thread::sleep(Duration::from_millis(20));
        let (_, samples) = observe(Instant::now(), nap).expect("an observer");
        // Where the kernel tells nothing there are none.
        assert!(samples.iter().all(|sample| !sample.in_poller));
        let near = |sample: &&Sample| sample.sp.abs_diff(&raw const here as usize) < 64 * 1024;
        let near = samples.iter().filter(near).count();
        // And where this processor is emulated, the stack pointer is the emulator's.
        let emulated = cfg!(target_arch = "aarch64") && near == 0;
        assert!(near == samples.len() || emulated, "{samples:x?}");
        assert!(parse("running\n", Duration::ZERO, Duration::ZERO).is_none());
    }
}
