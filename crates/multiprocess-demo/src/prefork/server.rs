//! One of the servers: a process with one thread and one client at a time.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use workloads::serve::{Connection, PATIENCE, Step};

use crate::start::Entry;

/// Where a server begins. It is given the listening socket and its control socket.
pub const SERVER: Entry = Entry {
    name: "server",
    // A listener or a supervisor that can't be listened to any more is the end, and no more.
    run: |descriptors| drop(serve(descriptors)),
};

/// After how long to look again whether there are descriptors to be had.
const LATER: Duration = Duration::from_millis(20);

fn serve(descriptors: Vec<OwnedFd>) -> io::Result<()> {
    let given = <[OwnedFd; 2]>::try_from(descriptors).map_err(|_| ErrorKind::InvalidInput)?;
    let [listener, control] = given;
    let (listener, mut control) = (TcpListener::from(listener), UnixStream::from(control));
    // One byte says: here I am.
    control.write_all(&[1])?;
    while wait(listener.as_fd(), &control, None)? != Woken::Stop {
        match listener.accept() {
            // What goes wrong on the way is the client's affair, and ends only this conversation.
            Ok((client, _)) => drop(converse(&client, &control)),
            Err(why) if ordinary(&why) => {}
            // Out of file descriptors, say. The client stays in the queue, so that the listener wakes
            // nobody to any purpose: for a moment only the stop is listened to.
            Err(_) => {
                wait(control.as_fd(), &control, Some(Instant::now() + LATER))?;
            }
        }
    }
    Ok(())
}

/// Whether the error is no trouble: another server was faster, or the client has left already.
fn ordinary(why: &io::Error) -> bool {
    matches!(
        why.kind(),
        ErrorKind::WouldBlock
            | ErrorKind::Interrupted
            | ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
    )
}

fn converse(mut client: &TcpStream, control: &UnixStream) -> io::Result<()> {
    // Some systems hand the listener's mode on to who comes from it.
    client.set_nonblocking(false)?;
    client.set_nodelay(true)?;
    client.set_write_timeout(Some(PATIENCE))?;
    let mut connection = Connection::new(Instant::now());
    let mut stopped = false;
    loop {
        match connection.step(Instant::now()) {
            Step::Read { .. } if stopped => receive(client, &mut connection)?,
            Step::Read { until } => match wait(client.as_fd(), control, Some(until))? {
                Woken::Input => receive(client, &mut connection)?,
                // The next step closes.
                Woken::Clock => {}
                Woken::Stop => {
                    // From here on a read ends at what has come already: that is still answered.
                    let _ = client.shutdown(Shutdown::Read);
                    stopped = true;
                }
            },
            Step::Write(bytes) => client.write_all(&bytes)?,
            Step::Compute(job) => connection.computed(&job.run()),
            Step::Close => return Ok(()),
        }
    }
}

fn receive(mut client: &TcpStream, connection: &mut Connection) -> io::Result<()> {
    let mut buffer = [0; 4 * 1024];
    match client.read(&mut buffer) {
        // A signal came between: ask for the next step again.
        Err(why) if why.kind() == ErrorKind::Interrupted => {}
        read => connection.received(&buffer[..read?]),
    }
    Ok(())
}

/// By what a sleeper was woken.
#[derive(PartialEq, Eq)]
enum Woken {
    Input,
    Stop,
    Clock,
}

/// Sleeps until something comes in, the supervisor says that this is the end, or it is so late.
fn wait(source: BorrowedFd<'_>, control: &UnixStream, until: Option<Instant>) -> io::Result<Woken> {
    let [control, source] = [control.as_fd(), source].map(|fd| PollFd::new(fd, PollFlags::POLLIN));
    let mut awaited = [control, source];
    loop {
        // Rounded up: a poll that ends a moment too early is asked again at once.
        let timeout = until.map_or(PollTimeout::NONE, |until| {
            let left = until.saturating_duration_since(Instant::now());
            PollTimeout::try_from(left + Duration::from_millis(1)).unwrap_or(PollTimeout::MAX)
        });
        match poll(&mut awaited, timeout) {
            Err(Errno::EINTR) => {}
            Err(why) => return Err(why.into()),
            Ok(0) => return Ok(Woken::Clock),
            Ok(_) if awaited[0].any() != Some(false) => return Ok(Woken::Stop),
            Ok(_) => return Ok(Woken::Input),
        }
    }
}
