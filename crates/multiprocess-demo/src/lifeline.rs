//! How a child dies with its parent, however the parent dies.
//!
//! ```text
//!   parent ═══ writes nothing ═══════ pipe ═══════ asks for a signal when something happens ═══ child
//! ```
//!
//! The parent holds the one end of a pipe and never uses it. When it ends, be it by SIGKILL, the
//! kernel closes that end, which is the only thing that can ever happen to this pipe; and the
//! child has asked the kernel for a signal when something does (fcntl(2): `O_ASYNC`, `F_SETOWN`,
//! `F_SETSIG`). On Linux it asks for SIGKILL, so that it dies even while it is stopped; elsewhere it
//! gets SIGIO, and its handler ends it.
//!
//! The child need not be waiting for anything: it may compute, sleep or hang. Linux has
//! `PR_SET_PDEATHSIG` for this too, but that signal comes when the parent's *thread* that started
//! the child ends, which may be long before the parent does.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// `F_SETSIG` of Linux's include/uapi/asm-generic/fcntl.h, which every architecture uses.
#[cfg(target_os = "linux")]
const F_SETSIG: i32 = 10;

/// A lifeline: the end that the parent holds, and the child's.
///
/// # Errors
/// If there is no descriptor to be had.
pub fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    let (read, write) = pipe()?;
    Ok((write, read))
}

/// A pipe that no program started from here inherits: the end to read from, and the other.
///
/// # Errors
/// If there is no descriptor to be had.
pub fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    #[cfg(target_os = "linux")]
    let pipe = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
    #[cfg(not(target_os = "linux"))]
    let pipe = {
        use nix::fcntl::{FcntlArg, FdFlag, fcntl};
        let pipe = nix::unistd::pipe()?;
        fcntl(&pipe.0, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
        fcntl(&pipe.1, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
        pipe
    };
    Ok(pipe)
}

/// For a child: dies from now on when the parent's end is closed; at once, if it is already.
///
/// # Errors
/// If the system refuses the signal.
pub fn arm(end: OwnedFd) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    set(&end, F_SETSIG, libc::SIGKILL)?;
    #[cfg(not(target_os = "linux"))]
    end_at_sigio()?;
    set(&end, libc::F_SETOWN, std::process::id().cast_signed())?;
    set(&end, libc::F_SETFL, OFlag::O_ASYNC.bits())?;
    // A parent that died before this was set up has left no signal behind.
    let mut closed = [PollFd::new(end.as_fd(), PollFlags::POLLIN)];
    if poll(&mut closed, PollTimeout::ZERO)? > 0 {
        return Err(io::Error::new(io::ErrorKind::BrokenPipe, "the parent has gone already"));
    }
    // Open for as long as the process lives.
    std::mem::forget(end);
    Ok(())
}

/// A process that doesn't handle SIGIO goes on, there.
#[cfg(not(target_os = "linux"))]
#[expect(unsafe_code, reason = "a handler runs between any two instructions")]
fn end_at_sigio() -> io::Result<()> {
    use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
    extern "C" fn end(_: libc::c_int) {
        // SAFETY: a handler may call this (sigaction(2) lists what it may), and nothing comes after.
        unsafe { libc::_exit(1) }
    }
    let action = SigAction::new(SigHandler::Handler(end), SaFlags::empty(), SigSet::empty());
    // SAFETY: the handler touches nothing of what it interrupts.
    unsafe { sigaction(Signal::SIGIO, &action) }?;
    Ok(())
}

#[expect(unsafe_code, reason = "nix has no name for these requests")]
fn set(end: &OwnedFd, request: i32, value: i32) -> io::Result<()> {
    // SAFETY: the descriptor is open, and these requests take a number and touch no memory.
    Errno::result(unsafe { libc::fcntl(end.as_raw_fd(), request, value) })?;
    Ok(())
}
