//! How descriptors get from one process to another: in a message over a socket, with the name of
//! what is to be done with them.
//!
//! A descriptor is a number that means something in one process only. The kernel translates it on
//! the way (unix(7), `SCM_RIGHTS`): the receiver gets a number of its own for the same open file.

use std::io::{self, IoSlice, IoSliceMut, Read};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

use nix::errno::Errno;
use nix::sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, recvmsg, sendmsg};

/// The most descriptors that one message takes.
pub const MOST: usize = 8;

/// Sends a name (of at most 255 bytes) and the descriptors.
///
/// # Errors
/// If the receiver is gone, or there are too many of either.
pub fn send(socket: &UnixStream, name: &str, descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
    let too_much = || io::Error::new(io::ErrorKind::InvalidInput, "too much for one handover");
    let length = u8::try_from(name.len()).map_err(|_| too_much())?;
    if descriptors.len() > MOST {
        return Err(too_much());
    }
    let numbers: Vec<RawFd> = descriptors.iter().map(AsRawFd::as_raw_fd).collect();
    let rights = [ControlMessage::ScmRights(&numbers)];
    let message = [&[length], name.as_bytes()].concat();
    // Rust ignores SIGPIPE, so that a receiver that is gone is an error and no more.
    let sent = sendmsg::<()>(
        socket.as_raw_fd(),
        &[IoSlice::new(&message)],
        &rights,
        MsgFlags::empty(),
        None,
    )?;
    match sent == message.len() {
        true => Ok(()),
        false => Err(too_much()),
    }
}

/// Waits for a name and its descriptors; nothing if the sender is gone.
///
/// # Errors
/// What the system says, or if it is no message of [`send`].
pub fn receive(mut socket: &UnixStream) -> io::Result<Option<(String, Vec<OwnedFd>)>> {
    let mut length = [0];
    let mut descriptors = Vec::new();
    // The descriptors come with the message's first byte.
    let mut space = nix::cmsg_space!([RawFd; MOST]);
    loop {
        let mut parts = [IoSliceMut::new(&mut length)];
        let flags = MsgFlags::empty();
        #[cfg(target_os = "linux")]
        let flags = flags | MsgFlags::MSG_CMSG_CLOEXEC;
        let message =
            match recvmsg::<()>(socket.as_fd().as_raw_fd(), &mut parts, Some(&mut space), flags) {
                Err(Errno::EINTR) => continue,
                message => message?,
            };
        for control in message.cmsgs()? {
            if let ControlMessageOwned::ScmRights(numbers) = control {
                // SAFETY: the kernel has just opened these for us, and nobody else knows of them.
                let owned = numbers.iter().map(|&number| unsafe { OwnedFd::from_raw_fd(number) });
                descriptors.extend(owned);
            }
        }
        // Those that there was no number for are closed, and this is all that is said of it.
        if message.flags.contains(MsgFlags::MSG_CTRUNC) {
            let why = "more descriptors were handed over than this process may have open";
            return Err(io::Error::other(why));
        }
        if message.bytes == 0 {
            return Ok(None);
        }
        break;
    }
    let mut name = vec![0; usize::from(length[0])];
    socket.read_exact(&mut name)?;
    let name = String::from_utf8(name).map_err(|_| io::ErrorKind::InvalidData)?;
    #[cfg(not(target_os = "linux"))]
    for descriptor in &descriptors {
        use nix::fcntl::{FcntlArg, FdFlag, fcntl};
        fcntl(descriptor, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    }
    Ok(Some((name, descriptors)))
}
