//! TCP with the standard library's names: the same calls with the same results, but while one waits
//! the other green threads run. Put it where `std::net` stood, and the rest of the program stays as
//! it is.

use std::cell::Cell;
use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{self, Shutdown, SocketAddr};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrStorage, connect, socket};

use super::reactor::{Registered, Source};

/// As [`std::net::TcpListener`].
pub struct TcpListener {
    source: Registered,
    inner: net::TcpListener,
}

/// As [`std::net::TcpStream`]. Two green threads that read it (or two that write) must take turns:
/// only the one that came last is woken.
pub struct TcpStream {
    source: Registered,
    inner: net::TcpStream,
    read_timeout: Cell<Option<Duration>>,
    write_timeout: Cell<Option<Duration>>,
}

#[inline]
fn limit(timeout: &Cell<Option<Duration>>) -> Option<Instant> {
    // Without a time-out nobody looks at the clock.
    let timeout = timeout.get()?;
    Instant::now().checked_add(timeout)
}

impl TcpListener {
    /// As [`std::net::TcpListener::bind`].
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn bind(address: impl net::ToSocketAddrs) -> io::Result<TcpListener> {
        TcpListener::from_std(net::TcpListener::bind(address)?)
    }

    /// The same listener, waited for by green threads.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn from_std(inner: net::TcpListener) -> io::Result<TcpListener> {
        inner.set_nonblocking(true)?;
        Ok(TcpListener { source: Source::register(&inner)?, inner })
    }

    /// As [`std::net::TcpListener::accept`].
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, peer) = self.source.read.when_ready(None, || self.inner.accept())?;
        Ok((TcpStream::from_std(stream)?, peer))
    }

    /// As [`std::net::TcpListener::local_addr`].
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }
}

impl TcpStream {
    /// As [`std::net::TcpStream::connect`], for an address that needs no look-up: that would block.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn connect(address: SocketAddr) -> io::Result<TcpStream> {
        TcpStream::connect_until(address, None)
    }

    /// As [`std::net::TcpStream::connect_timeout`].
    ///
    /// # Errors
    /// Whatever the operating system says; and `TimedOut` when the time is up.
    pub fn connect_timeout(address: &SocketAddr, timeout: Duration) -> io::Result<TcpStream> {
        TcpStream::connect_until(*address, Instant::now().checked_add(timeout)).map_err(|why| {
            match why.kind() {
                ErrorKind::WouldBlock => ErrorKind::TimedOut.into(),
                _ => why,
            }
        })
    }

    fn connect_until(address: SocketAddr, limit: Option<Instant>) -> io::Result<TcpStream> {
        let family = if address.is_ipv4() { AddressFamily::Inet } else { AddressFamily::Inet6 };
        let stream = TcpStream::from_std(net::TcpStream::from(unconnected(family)?))?;
        match connect(stream.inner.as_raw_fd(), &SockaddrStorage::from(address)) {
            // A signal ends the call, not the attempt: connect(2).
            Err(Errno::EINPROGRESS | Errno::EINTR) => {
                stream.source.write.expect_news();
                stream.source.write.when_ready(limit, || connected(&stream.inner))?;
            }
            result => result?,
        }
        Ok(stream)
    }

    /// The same stream, waited for by green threads.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn from_std(inner: net::TcpStream) -> io::Result<TcpStream> {
        inner.set_nonblocking(true)?;
        let source = Source::register(&inner)?;
        Ok(TcpStream {
            source,
            inner,
            read_timeout: Cell::new(None),
            write_timeout: Cell::new(None),
        })
    }

    /// As [`std::net::TcpStream::set_read_timeout`].
    ///
    /// # Errors
    /// If the time-out is zero.
    pub fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        set(&self.read_timeout, timeout)
    }

    /// As [`std::net::TcpStream::set_write_timeout`].
    ///
    /// # Errors
    /// If the time-out is zero.
    pub fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        set(&self.write_timeout, timeout)
    }

    /// As [`std::net::TcpStream::set_nodelay`].
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        self.inner.set_nodelay(nodelay)
    }

    /// As [`std::net::TcpStream::shutdown`].
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.inner.shutdown(how)
    }

    /// As [`std::net::TcpStream::local_addr`].
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    /// As [`std::net::TcpStream::peer_addr`].
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.inner.peer_addr()
    }
}

fn set(timeout: &Cell<Option<Duration>>, given: Option<Duration>) -> io::Result<()> {
    if given == Some(Duration::ZERO) {
        return Err(io::Error::new(ErrorKind::InvalidInput, "a time-out must be longer than zero"));
    }
    timeout.set(given);
    Ok(())
}

impl Read for &TcpStream {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let limit = limit(&self.read_timeout);
        self.source.read(limit, buffer.len(), || (&self.inner).read(buffer))
    }
}

impl Write for &TcpStream {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let limit = limit(&self.write_timeout);
        self.source.write.when_ready(limit, || (&self.inner).write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for TcpStream {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self).read(buffer)
    }
}

impl Write for TcpStream {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&*self).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for TcpStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl AsFd for TcpStream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inner.as_fd()
    }
}

impl AsRawFd for TcpStream {
    fn as_raw_fd(&self) -> RawFd {
        self.inner.as_raw_fd()
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
