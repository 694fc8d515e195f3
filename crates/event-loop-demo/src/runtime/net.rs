//! TCP with the standard library's names: the same calls, but who would block waits instead.

use std::future::poll_fn;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{self, Shutdown, SocketAddr};
use std::os::fd::{AsRawFd, OwnedFd};
use std::task::Poll;

use nix::errno::Errno;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrStorage, connect, socket};

use super::current;
use super::reactor::Registration;

/// As [`std::net::TcpListener`], with one task that accepts: of several only the one that came last
/// is woken.
pub struct TcpListener {
    // Dropped before the socket: the key is free before its descriptor can be another's.
    registration: Registration,
    inner: net::TcpListener,
}

/// As [`std::net::TcpStream`]. It can be read and written at the same time; two tasks that read
/// (or two that write) must take turns: only the one that came last is woken.
pub struct TcpStream {
    registration: Registration,
    inner: net::TcpStream,
}

impl TcpListener {
    /// Listens at this address.
    ///
    /// # Errors
    /// Whatever the operating system says.
    ///
    /// # Panics
    /// Outside of a runtime, as everything that makes a socket here.
    pub fn bind(address: impl net::ToSocketAddrs) -> io::Result<TcpListener> {
        TcpListener::from_std(net::TcpListener::bind(address)?)
    }

    /// The same listener, waited for by this runtime.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn from_std(inner: net::TcpListener) -> io::Result<TcpListener> {
        inner.set_nonblocking(true)?;
        let registration = current::current("a socket").reactor().register(&inner)?;
        Ok(TcpListener { registration, inner })
    }

    /// The next client, and where it comes from.
    ///
    /// # Errors
    /// Whatever the operating system says. If it has no file descriptor left, it says so at once
    /// and every time: wait a moment before you ask again.
    pub async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        let attempt = || self.inner.accept();
        let (stream, peer) = poll_fn(|cx| self.registration.poll_accept(cx, attempt)).await?;
        Ok((TcpStream::from_std(stream)?, peer))
    }

    /// Where it listens.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }
}

impl TcpStream {
    /// Connects to this address.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
        let family = if address.is_ipv4() { AddressFamily::Inet } else { AddressFamily::Inet6 };
        let inner = net::TcpStream::from(unconnected(family)?);
        inner.set_nonblocking(true)?;
        let registration = current::current("a socket").reactor().register(&inner)?;
        match connect(inner.as_raw_fd(), &SockaddrStorage::from(address)) {
            // A signal ends the call, not the attempt: connect(2).
            Err(Errno::EINPROGRESS | Errno::EINTR) => {
                registration.expect_write();
                poll_fn(|cx| registration.poll_write(cx, || connected(&inner))).await?;
            }
            result => result?,
        }
        Ok(TcpStream { registration, inner })
    }

    /// The same stream, waited for by this runtime.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn from_std(inner: net::TcpStream) -> io::Result<TcpStream> {
        inner.set_nonblocking(true)?;
        let registration = current::current("a socket").reactor().register(&inner)?;
        Ok(TcpStream { registration, inner })
    }

    /// Reads what there is; 0 at the end.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn read(&self, buffer: &mut [u8]) -> impl Future<Output = io::Result<usize>> {
        poll_fn(|cx| self.registration.poll_read(cx, buffer.len(), || (&self.inner).read(buffer)))
    }

    /// Writes as much as there is room for.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn write(&self, bytes: &[u8]) -> impl Future<Output = io::Result<usize>> {
        poll_fn(|cx| self.registration.poll_write(cx, || (&self.inner).write(bytes)))
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn write_all(&self, bytes: &[u8]) -> impl Future<Output = io::Result<()>> {
        let mut left = bytes;
        poll_fn(move |cx| {
            while !left.is_empty() {
                match self.registration.poll_write(cx, || (&self.inner).write(left)) {
                    Poll::Ready(Ok(0)) => return Poll::Ready(Err(ErrorKind::WriteZero.into())),
                    Poll::Ready(Ok(written)) => left = &left[written..],
                    Poll::Ready(Err(why)) => return Poll::Ready(Err(why)),
                    Poll::Pending => return Poll::Pending,
                }
            }
            Poll::Ready(Ok(()))
        })
    }

    /// Closes one direction, or both.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.inner.shutdown(how)
    }

    /// Whether small writes go out at once.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        self.inner.set_nodelay(nodelay)
    }

    /// The address of this end.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    /// The address of the other end.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.inner.peer_addr()
    }
}

/// The standard library connects as it makes a socket, and blocks; this one comes without.
#[cfg(not(target_vendor = "apple"))]
fn unconnected(family: AddressFamily) -> io::Result<OwnedFd> {
    Ok(socket(family, SockType::Stream, SockFlag::SOCK_CLOEXEC, None)?)
}

/// macOS says in a call of its own that a program which is started must not inherit it.
#[cfg(target_vendor = "apple")]
fn unconnected(family: AddressFamily) -> io::Result<OwnedFd> {
    use nix::fcntl::{FcntlArg, FdFlag, fcntl};
    let socket = socket(family, SockType::Stream, SockFlag::empty(), None)?;
    fcntl(&socket, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    Ok(socket)
}

/// Writable means: decided. How, the socket tells once.
fn connected(stream: &net::TcpStream) -> io::Result<()> {
    match stream.take_error()? {
        Some(why) => Err(why),
        None => match stream.peer_addr() {
            // Not yet: it was told something else.
            Err(why) if why.kind() == ErrorKind::NotConnected => Err(ErrorKind::WouldBlock.into()),
            peer => peer.map(drop),
        },
    }
}
