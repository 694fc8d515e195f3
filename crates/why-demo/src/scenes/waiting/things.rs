//! What takes microseconds and more: a file, another thread, another process.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use stage::Result;

/// How much of a file is read: a page of memory.
const PAGE: usize = 4 << 10;

/// Opens a file and reads a page of it.
///
/// # Errors
/// What the system says.
pub fn page(path: &Path) -> Result {
    Ok(File::open(path)?.read_exact(&mut [0; PAGE])?)
}

/// A connection to a thread that sends back every byte, and ends with the connection.
///
/// # Errors
/// If there is no port or no thread for it.
pub fn echo() -> Result<(TcpStream, thread::JoinHandle<()>)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let peer = TcpStream::connect(listener.local_addr()?)?;
    let (mut stream, _) = listener.accept()?;
    peer.set_nodelay(true)?;
    stream.set_nodelay(true)?;
    let echo = thread::Builder::new().name("echo".into()).spawn(move || {
        let mut byte = [0];
        while stream.read_exact(&mut byte).and_then(|()| stream.write_all(&byte)).is_ok() {}
    })?;
    Ok((peer, echo))
}

/// Starts a program that does nothing, and waits for its end.
///
/// # Errors
/// If it can't be started, or says that it failed.
pub fn process() -> Result {
    let mut program = Command::new("true");
    let ended =
        program.stdin(Stdio::null()).status().map_err(|why| format!("starting true: {why}"))?;
    if ended.success() { Ok(()) } else { Err(format!("true ended with {ended}").into()) }
}
