//! The first moments of a child: from a copy of its parent to a process of its own.

use std::fs::File;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

use nix::libc;
use nix::unistd::{Pid, dup2_stdin, setpgid};

use super::Entry;
use crate::lifeline;

/// The status of a child that panicked, as of any Rust program that does.
const PANICKED: i32 = 101;

/// What a process does that came into being as a copy: it lets go of all that it inherited but
/// what it was given, ties itself to its parent, runs, and ends. It never returns to the frames of
/// the function that was running when it was copied; those are its parent's affair, and so are
/// the values in them, which are dropped there and not here.
pub fn live(life: OwnedFd, entry: &Entry, descriptors: Vec<OwnedFd>) -> ! {
    // What the terminal sends is not for it, from its first moment on.
    let _ = setpgid(Pid::from_raw(0), Pid::from_raw(0));
    let mut kept: Vec<_> = descriptors.iter().map(AsRawFd::as_raw_fd).collect();
    kept.push(life.as_raw_fd());
    close_all_but(kept);
    let lived = catch_unwind(AssertUnwindSafe(|| tie(life).map(|()| (entry.run)(descriptors))));
    let status = match lived {
        Ok(Ok(())) => 0,
        // The parent has gone, or goes: nobody is there to read why.
        Ok(Err(_)) => 1,
        Err(_) => PANICKED,
    };
    // SAFETY: this ends the process at once. Nothing is unwound, and nothing is flushed that the
    // parent has in its buffers too.
    unsafe { libc::_exit(status) }
}

/// Dies with the parent from now on, and leaves the terminal to it.
pub fn tie(life: OwnedFd) -> std::io::Result<()> {
    lifeline::arm(life)?;
    dup2_stdin(File::open("/dev/null")?)?;
    Ok(())
}

/// Closes every descriptor but standard input, output and error, and these. A listening socket that
/// is open in a forgotten copy holds its port; the parent's end of a lifeline holds a life.
pub fn close_all_but(mut kept: Vec<RawFd>) {
    kept.extend([0, 1, 2]);
    kept.sort_unstable();
    for gap in kept.windows(2) {
        close_range(gap[0] + 1, gap[1]);
    }
    close_range(kept[kept.len() - 1] + 1, RawFd::MAX);
}

/// Closes the descriptors from `first` up to and without `end`.
fn close_range(first: RawFd, end: RawFd) {
    #[cfg(target_os = "linux")]
    if first >= end || closed_at_once(first, end - 1) {
        return;
    }
    // SAFETY: whoever owns these in the parent's memory, of which this process has a copy, never runs
    // here (see `live`), so that no number is used or closed again by a former owner. A number that is
    // not open is an error that changes nothing.
    unsafe {
        for number in first..end.min(libc::getdtablesize()) {
            libc::close(number);
        }
    }
}

/// The same in one system call, where there is one: since Linux 5.9, unless it is forbidden.
#[cfg(target_os = "linux")]
fn closed_at_once(first: RawFd, last: RawFd) -> bool {
    // SAFETY: as in `close_range`.
    unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) == 0 }
}
