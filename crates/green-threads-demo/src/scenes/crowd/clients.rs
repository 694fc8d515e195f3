//! One client, whatever it is that waits: a function that is told a stream has no colour.

use std::io::{Read, Write};

use workloads::http::{Incoming, Request};
use workloads::{Error, Result};

/// Asks, says so, and waits for the answer.
pub(super) fn ask<const BUFFER: usize>(
    mut stream: impl Read + Write,
    request: &Request,
    asked: impl FnOnce(),
) -> Result<()> {
    let asking = || format!("GET {}", request.target);
    stream.write_all(&request.bytes()).map_err(Error::io(asking()))?;
    asked();
    let mut incoming = Incoming::default();
    let mut buffer = [0; BUFFER];
    loop {
        let read = stream.read(&mut buffer).map_err(Error::io(asking()))?;
        if let Some(reply) = incoming.received(request, &buffer[..read])? {
            return reply.ok(request).map(drop);
        }
    }
}
