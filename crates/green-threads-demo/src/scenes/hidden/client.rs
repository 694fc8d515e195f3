// No module of its own: two files include it. What they `use` decides what TcpStream and spawn() are.

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::ops::Range;

// [listing
/// Asks the service one question.
fn ask(service: SocketAddr, id: u64, ms: u64) -> io::Result<u64> {
    let mut stream = TcpStream::connect(service)?;
    stream.write_all(question(id, ms).as_bytes())?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply)?;
    answer(&reply).ok_or(io::ErrorKind::InvalidData.into())
}

/// Asks all of them at once, and sums up the answers.
pub(super) fn all_at_once(
    service: SocketAddr,
    ids: Range<u64>,
    ms: u64,
) -> io::Result<u64> {
    let ask = |id| spawn(move || ask(service, id, ms));
    let asked: Vec<_> = ids.map(ask).collect();
    let lost = |_| Err(io::Error::other("no result"));
    asked.into_iter().map(|one| one.join().unwrap_or_else(lost)).sum()
}
// listing]

/// Asks one after another.
pub(super) fn one_after_another(
    service: SocketAddr,
    ids: Range<u64>,
    ms: u64,
) -> io::Result<u64> {
    ids.map(|id| ask(service, id, ms)).sum()
}

fn question(id: u64, ms: u64) -> String {
    format!("GET /think?id={id}&ms={ms} HTTP/1.1\r\nHost: service\r\nConnection: close\r\n\r\n")
}

/// The number in `{"id":7}`.
fn answer(reply: &str) -> Option<u64> {
    let (_, body) = reply.split_once("\r\n\r\n")?;
    body.trim().strip_prefix("{\"id\":")?.strip_suffix('}')?.parse().ok()
}
